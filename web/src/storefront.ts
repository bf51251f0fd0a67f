/** The storefront's scripts: the pages are whole without them; they save steps. Islands are woken where a page has one. */
import { lookAgain, priceAsYouType, sendOnChange, showFaults } from "./enhance";
import { mountIslands } from "./islands";

mountIslands({});
sendOnChange();
priceAsYouType();
lookAgain();
showFaults();
