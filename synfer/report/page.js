// Draws every figure from the rows of its own table. Colours are the style sheet's, so that light, dark and
// paper need no second drawing.
"use strict";
(() => {
  const config = {
    background: null,
    aria: false,
    font: "system-ui, sans-serif",
    view: { stroke: "currentColor", strokeOpacity: 0.25 },
    axis: {
      labelColor: "currentColor", titleColor: "currentColor", domainColor: "currentColor", tickColor: "currentColor",
      gridColor: "currentColor", gridOpacity: 0.12, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
      labelLimit: 320,
    },
    legend: { labelColor: "currentColor", titleColor: "currentColor", labelFontSize: 12, titleFontSize: 12,
              titleFontWeight: "normal", orient: "top", labelLimit: 300, symbolOpacity: 1 },
    header: { labelColor: "currentColor", titleColor: "currentColor", labelFontSize: 12, labelFontWeight: "bold",
              titleFontSize: 12, labelLimit: 600 },
    text: { color: "currentColor", fontSize: 12 },
    rule: { color: "currentColor" },
    tick: { color: "currentColor", opacity: 1 },
    point: { filled: true, color: "var(--mark)", size: 60, opacity: 0.9 },
    line: { color: "var(--mark)" },
    range: {
      category: ["var(--stimulus-1)", "var(--stimulus-2)", "var(--stimulus-3)", "var(--stimulus-4)", "var(--stimulus-5)",
                 "var(--stimulus-6)"],
    },
  };

  function rowsOf(table) {
    const columns = [...table.tHead.rows[0].cells].map((th) => [th.textContent, th.className === "n"]);
    return [...table.tBodies[0].rows].map((row) =>
      Object.fromEntries(columns.map(([name, numeric], n) => {
        const text = row.cells[n].textContent.trim();
        if (!numeric) return [name, text];
        const value = text === "" ? NaN : Number(text);
        return [name, Number.isFinite(value) ? value : null];
      })));
  }

  // Names of rows that are long stand above them and leave the width to the plot.
  function placeLabels(specification, width) {
    const names = specification.data.values.map((row) => row[specification.encoding.y.field].length);
    const above = 6.5 * Math.max(...names) > width / 3;  // px, about
    specification.height = { step: above ? 38 : 26 };
    const axis = (specification.encoding.y.axis ??= { grid: true });
    if (!above) return;
    Object.assign(axis, { grid: true, ticks: false, labelAlign: "left", labelPadding: -8, labelOffset: -13,
                          labelLimit: width - 24, zindex: 1 });
  }

  // Small panels share the width; a single one fills it, up to its own measure.
  function sized(specification, width) {
    const most = specification.usermeta?.width ?? 900;
    if (specification.usermeta?.labels === "above") placeLabels(specification, Math.min(most, width));
    const panels = specification.concat ?? (specification.facet ? [specification.spec] : []);
    if (panels.length > 0) {
      const margin = specification.usermeta?.margin ?? 75;
      const columns = Math.max(1, Math.min(specification.columns ?? 1, Math.floor(width / 280)));
      if (!specification.facet?.row) specification.columns = columns;
      for (const panel of panels) panel.width = Math.max(120, Math.min(most, Math.floor(width / columns) - margin));
      if (specification.concat) {  // in rows, for this Vega-Lite draws nothing of a concat that wraps
        specification.vconcat = [];
        for (let n = 0; n < panels.length; n += columns) {
          specification.vconcat.push({ hconcat: panels.slice(n, n + columns) });
        }
        delete specification.concat;
        delete specification.columns;
      }
    } else if (specification.width === undefined) {
      specification.width = Math.min(most, width);
      specification.autosize = { type: "fit-x", contains: "padding" };
    }
    return specification;
  }

  // Colours that the page's style gives, as numbers, for a file knows no style.
  function fix(part) {
    const style = getComputedStyle(part);
    for (const name of ["fill", "stroke", "stop-color"]) {
      const shown = style.getPropertyValue(name);
      const styled = name === "stroke" && part.matches("text");
      if (shown === "none" || !(styled || part.hasAttribute(name))) continue;
      const [red, green, blue, alpha = 1] = shown.match(/[\d.]+/g).map(Number);
      part.setAttribute(name, `#${[red, green, blue].map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`);
      if (alpha === 0) part.setAttribute(name, "none");
    }
    if (style.paintOrder !== "normal") {  // words over a grid
      part.setAttribute("paint-order", "stroke");
      part.setAttribute("stroke-width", style.strokeWidth);
    }
  }

  // The drawn figure as a text that stands alone, on white whatever the page is read in.
  function svgOf(figure) {
    const paper = document.createElement("div");
    paper.className = "paper";
    const mark = figure.closest(".run")?.style.getPropertyValue("--mark");
    if (mark) paper.style.setProperty("--mark", mark);
    const plot = paper.appendChild(document.createElement("div"));
    plot.className = "plot";
    const copy = plot.appendChild(figure.querySelector(".plot svg").cloneNode(true));
    document.body.append(paper);
    for (const part of copy.querySelectorAll("*")) fix(part);
    copy.removeAttribute("style");
    const ground = document.createElementNS(copy.namespaceURI, "rect");
    for (const [name, value] of [["width", "100%"], ["height", "100%"], ["fill", "#ffffff"]]) ground.setAttribute(name, value);
    const title = document.createElementNS(copy.namespaceURI, "title");
    title.textContent = figure.querySelector("h3").textContent;
    copy.prepend(title, ground);
    paper.remove();
    return new XMLSerializer().serializeToString(copy);
  }

  async function pngOf(svg) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 3 * image.naturalWidth;  // fine enough for print
    canvas.height = 3 * image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  const kinds = {
    SVG: (figure) => new Blob([svgOf(figure)], { type: "image/svg+xml" }),
    PNG: (figure) => pngOf(svgOf(figure)),
  };

  function offerFiles(figure) {
    if (figure.querySelector(".save")) return;
    const line = document.createElement("p");
    line.className = "save";
    line.textContent = "Save as";
    for (const [kind, made] of Object.entries(kinds)) {
      const button = line.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = kind;
      button.setAttribute("aria-label", `Save as ${kind}: ${figure.querySelector("h3").textContent}`);
      button.addEventListener("click", async () => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(await made(figure));
        link.download = `${figure.id}.${kind.toLowerCase()}`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      });
    }
    figure.querySelector(".plot").after(line);
  }

  async function draw(figure) {
    const plot = figure.querySelector(".plot");
    const specification = JSON.parse(figure.querySelector("script").textContent);
    specification.data = { values: rowsOf(figure.querySelector("table")) };
    sized(specification, plot.clientWidth);
    try {
      await vegaEmbed(plot, specification, {
        actions: false, config, renderer: "svg",
        tooltip: { disableDefaultStyle: true, theme: "page" },
        logLevel: 1,  // errors alone
      });
      plot.style.setProperty("--drawn", plot.querySelector("svg").getAttribute("width"));  // px, for paper
      // The plot as a whole is one image with a text of its own.
      for (const part of plot.querySelectorAll("[role], [aria-roledescription], [aria-label]")) {
        for (const name of ["role", "aria-roledescription", "aria-label"]) part.removeAttribute(name);
      }
      offerFiles(figure);
    } catch (error) {
      plot.textContent = `This figure cannot be drawn (${error.message}); its numbers are below.`;
      console.error(figure.id, error);
    }
  }

  async function drawAll() {
    for (const figure of document.querySelectorAll("figure")) await draw(figure);
    document.documentElement.dataset.drawn = "yes";
  }

  let wait;
  let width = window.innerWidth;
  addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(wait);
    wait = setTimeout(drawAll, 200);
  });
  drawAll();
})();
