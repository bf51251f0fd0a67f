/** The console's built scripts: charts drawn from their tables. ECharts is fetched only by a page that has one. */
if (document.querySelector("[data-chart]")) void import("./console/charts").then(({ drawCharts }) => drawCharts());
