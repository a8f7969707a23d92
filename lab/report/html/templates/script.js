"use strict";
// Sort: headings are buttons; the first click sorts numbers in descending order, text in ascending.
const value = (row, column) => {
  const text = row.cells[column].textContent.trim();
  const number = parseFloat(text.replace(/,/g, ""));
  return /^[+-]?[\d.]/.test(text) ? number : text === "–" ? null : text;
};
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rows = [...table.tBodies[0].rows];
      const numeric = rows.some((row) => typeof value(row, column) === "number");
      const now = head.getAttribute("aria-sort");
      const down = now ? now === "ascending" : numeric;
      const sign = down ? -1 : 1;
      rows.sort((one, other) => {
        const a = value(one, column), b = value(other, column);
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
      });
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.tBodies[0].append(...rows);
    });
  });
}
// Filter: a case is shown if its name contains every word.
const search = document.querySelector("#search");
if (search) {
  const places = document.querySelectorAll("[data-case]");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const place of places) {
      place.hidden = !words.every((word) => place.dataset.case.includes(word));
      if (place.tagName === "TR" && !place.hidden) shown += 1;
    }
    document.querySelector("#shown").textContent = words.length ? `${shown} shown` : "";
  });
}
// A link to a case opens its details.
const open = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", open);
open();
