/** The storefront's scripts: the pages are whole without them; they save steps. Islands are woken where a page has one. */
import { lookAgain, sendOnChange, showFaults } from "./enhance";

// Vue is fetched only by a page that has an island on it.
if (document.querySelector("[data-island]")) void import("./islands").then(({ mountIslands }) => mountIslands());
sendOnChange();
lookAgain();
showFaults();
