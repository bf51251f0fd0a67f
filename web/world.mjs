/**
 * Draws the map of the world that the console's law page colours: `npm run world` writes it as paths into the console.
 *
 * The borders are Natural Earth's (public domain) as `world-atlas` packs them in TopoJSON; they are unpacked here and put on
 * paper in the Equal Earth projection (Šavrič, Patterson and Jenny, 2018). Countries too small to hit get a dot as well.
 */
import { readFileSync, writeFileSync } from "node:fs";

const WIDTH = 960;
const SMALL = 26; // square units of the drawing below which a country gets a dot
const OUT = new URL("../src/entrepot/interfaces/console/world.json", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`./node_modules/world-atlas/${name}.json`, import.meta.url), "utf8"));

/** Unpack the arcs of a topology: each point is written as its distance from the one before. */
function arcsOf(topology) {
  const { scale, translate } = topology.transform;
  return topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
}

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

function project([longitude, latitude]) {
  const [lambda, phi] = [(longitude * Math.PI) / 180, (latitude * Math.PI) / 180];
  const t = Math.asin(M * Math.sin(phi));
  const [t2, t6] = [t * t, t ** 6];
  return [
    (lambda * Math.cos(t)) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2))),
    t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2)),
  ];
}

const half = project([180, 0])[0];
const top = project([0, 84])[1];
const bottom = project([0, -57])[1];
// The sheet is cut in the Bering Strait, so that no country is torn but by its islands.
const MIDDLE = 11;
const turned = (longitude) => ((longitude - MIDDLE + 540) % 360) - 180;
const place = ([longitude, latitude]) => {
  const [x, y] = project([longitude, latitude]);
  return [((x + half) / (2 * half)) * WIDTH, ((top - y) / (2 * half)) * WIDTH];
};

/** A ring turned to the sheet's middle; where it runs over the sheet's edge it goes on beyond it, and is not drawn across. */
function unrolled(ring) {
  let before = turned(ring[0][0]);
  return ring.map(([longitude, latitude]) => {
    let here = turned(longitude);
    while (here - before > 180) here -= 360;
    while (before - here > 180) here += 360;
    before = here;
    return [here, latitude];
  });
}

/** The rings of a shape, each a list of points on paper. */
function ringsOf(shape, arcs) {
  const polygons = shape.type === "Polygon" ? [shape.arcs] : shape.arcs ?? [];
  return polygons.flat().map((ring) =>
    unrolled(ring.flatMap((index, at) => {
      const points = index < 0 ? [...arcs[~index]].reverse() : arcs[index];
      return at ? points.slice(1) : points;
    })).map(place),
  );
}

const area = (ring) => Math.abs(ring.reduce((sum, [x, y], i) => {
  const [nx, ny] = ring[(i + 1) % ring.length];
  return sum + x * ny - nx * y;
}, 0)) / 2;

const centre = (ring) => ["0", "1"].map((axis) => ring.reduce((sum, point) => sum + point[axis], 0) / ring.length);
const tenth = (value) => Number(value.toFixed(1));

function pathOf(rings) {
  return rings.map((ring) => {
    const points = ring.map((point) => point.map(tenth)).filter((p, i, all) => !i || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]);
    return points.length < 3 ? "" : `M${points.map((p) => p.join(" ")).join("L")}Z`;
  }).join("");
}

const coarse = read("countries-110m");
const fine = read("countries-50m");
const arcs = arcsOf(coarse);
const fineArcs = arcsOf(fine);
const countries = {};
const dots = {};
for (const shape of coarse.objects.countries.geometries) {
  // Antarctica has no customs; shapes without a number are disputed places that no table of law names.
  if (shape.id && shape.id !== "010") countries[shape.id] = pathOf(ringsOf(shape, arcs));
}
for (const shape of fine.objects.countries.geometries) {
  const rings = ringsOf(shape, fineArcs);
  const largest = rings.reduce((best, ring) => (area(ring) > area(best) ? ring : best), rings[0] ?? []);
  if (shape.id && largest.length && area(largest) < SMALL) dots[shape.id] = centre(largest).map(tenth);
}
// A customs territory of its own inside a country: Northern Ireland, by the latitude and longitude of its middle.
dots["XI"] = place([turned(-6.7), 54.6]).map(tenth);
const height = tenth(((top - bottom) / (2 * half)) * WIDTH);
writeFileSync(OUT, `${JSON.stringify({ source: "Natural Earth 1:110m, public domain", width: WIDTH, height, countries, dots })}\n`);
