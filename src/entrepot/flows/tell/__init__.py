"""Tell: mails to buyers. An event queues a mail in the transaction that handles it; a scheduled job sends what is due."""
