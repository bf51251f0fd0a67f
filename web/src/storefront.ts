/** The storefront's islands: every element with `data-island` is woken by the component of that name. */
import { mountIslands } from "./islands";

mountIslands({});
