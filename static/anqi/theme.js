// Runs before the first paint, so that a dark page never flashes white. The cookie lets the server render it
// right.
(() => {
  "use strict";
  var root = document.documentElement;
  var choice;
  try {
    choice = localStorage.getItem("anqi_theme");
  } catch {
    /* storage may be forbidden */
  }
  choice = choice || root.dataset.themeChoice || "auto";
  root.dataset.themeChoice = choice;
  var dark = choice === "dark" || (choice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-bs-theme", dark ? "dark" : "light");
})();
