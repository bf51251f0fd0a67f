"""Where providers and carriers ring: `/webhooks/payments/<provider>`, `/webhooks/carriers/<carrier>`. Machines only."""
