/** Pieces of state that basket and checkout share; amounts and days arrive written. */
export interface CascadeRow {
  kind: string;
  name: string;
  why: string;
  weight: number;
  amount: string;
  detail: string[];
}

export interface CascadeState {
  rows: CascadeRow[];
  total: string;
  label: string;
}

export interface LineState {
  sku: string;
  title: string;
  option: string;
  picture: string;
  tile: string;
  handle: string;
  quantity: number;
  wanted: number;
  part: string;
  price: string;
  each: string;
}

export interface ParcelState {
  title: string;
  arrives: string;
  days: string;
  service: string;
  delivery: string;
  lines: LineState[];
}
