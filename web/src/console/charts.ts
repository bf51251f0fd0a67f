/** Charts from tables: a row is a category, the first columns its series. The table stays, folded, for whoever reads it. */
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

type Cell = { value: number; text: string };
type Row = { name: string; cells: Cell[] };
type Colours = Record<"ink" | "soft" | "line" | "raised" | "first" | "second", string>;

const TOKENS: Record<keyof Colours, string> = {
  ink: "--ink", soft: "--ink-2", line: "--line", raised: "--raised", first: "--c-goods", second: "--c-tax",
};

/** Colours of the style sheet as the theme has them now: a token may be a pair, so the browser is asked what it comes to. */
function colours(): Colours {
  const probe = document.createElement("i");
  document.body.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(Object.entries(TOKENS).map(([name, token]) => [name, read(token)])) as Colours;
  probe.remove();
  return found;
}

function rowsOf(part: HTMLElement): Row[] {
  return [...part.querySelectorAll<HTMLTableRowElement>("tbody tr")].map((row) => ({
    name: row.cells[0]?.textContent?.trim() ?? "",
    cells: [...row.querySelectorAll<HTMLElement>("td[data-value]")].map((cell) => ({
      value: Number(cell.dataset.value) / 10 ** Number(part.dataset.exponent ?? 0),
      text: cell.textContent?.trim() ?? "",
    })),
  }));
}

function options(part: HTMLElement): Record<string, unknown> {
  const kind = part.dataset.chart;
  const colour = colours();
  const rows = rowsOf(part);
  const names = [...part.querySelectorAll("thead th")].map((head) => head.textContent?.trim() ?? "");
  const short = new Intl.NumberFormat(part.dataset.language, { notation: "compact", maximumFractionDigits: 1 });
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, color: colour.soft, fontSize: 12 };
  const lying = kind === "bar"; // a rank lies, time stands
  const categories = {
    type: "category", data: rows.map((row) => row.name), inverse: lying, axisTick: { show: false },
    axisLine: { lineStyle: { color: colour.line } },
    axisLabel: { ...font, ...(lying ? { width: 132, overflow: "truncate" } : { hideOverlap: true }) },
  };
  const values = {
    type: "value", min: 0, minInterval: kind === "column" ? 1 : 0, splitNumber: 4,
    splitLine: { lineStyle: { color: colour.line } }, axisLabel: { ...font, formatter: (value: number) => short.format(value) },
  };
  const series = Array.from({ length: Number(part.dataset.series ?? 1) }, (_, index) => ({
    type: kind === "line" ? "line" : "bar",
    name: names[index + 1],
    data: rows.map((row) => row.cells[index]?.value ?? 0),
    color: index ? colour.second : colour.first,
    barMaxWidth: 22,
    itemStyle: { borderRadius: 3 },
    symbolSize: 6,
    showSymbol: false,
    lineStyle: { width: 2, type: index ? "dashed" : "solid" },
    label: lying ? { show: true, position: "right", ...font, formatter: (at: { dataIndex: number }) => rows[at.dataIndex]?.cells[0]?.text ?? "" } : undefined,
  }));
  return {
    animation: false,
    grid: { left: 4, right: lying ? 84 : 12, top: 12, bottom: 4, containLabel: true },
    xAxis: lying ? { ...values, splitLine: { show: false }, axisLabel: { show: false } } : categories,
    yAxis: lying ? categories : values,
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: kind === "line" ? "line" : "shadow" },
      backgroundColor: colour.raised, borderColor: colour.line, textStyle: { ...font, color: colour.ink },
      formatter: (points: { dataIndex: number }[]) => told(rows[points[0]?.dataIndex ?? 0], names),
    },
    series,
  };
}

/** What the pointer is told: every figure of the row in full, as its table writes it. */
function told(row: Row | undefined, names: string[]): string {
  return row ? [row.name, ...row.cells.map((cell, index) => `${names[index + 1]}  ${cell.text}`)].join("\n") : "";
}

function draw(part: HTMLElement): () => void {
  const canvas = part.querySelector<HTMLElement>(".chart-canvas");
  const table = part.querySelector("details");
  if (!canvas || !table) return () => {};
  const chosen = options(part);
  canvas.hidden = false;
  table.open = false;
  const chart: EChartsType = init(canvas);
  chart.setOption(chosen);
  new ResizeObserver(() => chart.resize()).observe(canvas);
  return () => chart.setOption(options(part), true);
}

/** Draw every chart of the page, and anew in other colours when the theme changes. */
export function drawCharts(): void {
  const again = [...document.querySelectorAll<HTMLElement>("[data-chart]")].map(draw);
  const all = () => again.forEach((one) => one());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
