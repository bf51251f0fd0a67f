import type { CascadeState, ParcelState } from "../parts/types";

export interface FieldState {
  name: string;
  label: string;
  required: boolean;
  autocomplete: string;
  cls: string;
  options: [string, string][] | null;
  inputmode: string;
  ltr: boolean;
  hint: string;
  placeholder: string;
}

export interface Fault {
  field: string;
  why: string;
}

export interface CheckoutState {
  countries: { locale: string; name: string }[];
  country: string;
  intro: string;
  log_in: string;
  saved: { href: string; label: string }[];
  fields: FieldState[];
  phone_example: string;
  typed: Record<string, string>;
  faults: Fault[];
  faults_title: string;
  fault_titles: string[];
  asked: { told: string; changes: { label: string; before: string; after: string }[] } | null;
  deliveries: { grade: string; title: string; price: string; sub: string; chosen: boolean }[];
  methods: { code: string; name: string; note: string; test: boolean; door: boolean }[];
  chosen: string;
  company: { label: string; hint: string; told: string; test: boolean; open: boolean } | null;
  quote_id: string;
  total: string;
  button: string;
  fixed: string;
  terms: [string, string, string];
  within: string;
  parcels: ParcelState[];
  sums: { label: string; amount: string }[];
  cascades: (CascadeState & { title: string })[];
  fx: string[];
}
