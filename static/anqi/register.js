// The register's list: "all on this page" ticks the boxes of the rows. Works on what htmx swapped in, too.
(() => {
  "use strict";
  document.addEventListener("change", (event) => {
    const boxes = () => Array.from(document.querySelectorAll('input[name="enterprise"][form="assign"]'));
    const all = document.querySelector("[data-pick-all]");
    if (event.target === all)
      boxes().forEach((box) => {
        box.checked = all.checked;
      });
    else if (event.target.matches?.('input[name="enterprise"]') && all)
      all.checked = boxes().every((box) => box.checked);
  });
})();
