// The plan of inspections: up and down go through what is due, P plans it; a row, a street or a trip is dragged onto an officer's day.
// Each of these acts also has its button or link, which opens the form.
(() => {
  "use strict";
  const rows = () => Array.from(document.querySelectorAll(".plan-job [data-job]"));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const here = event.target;
    const job = here.closest?.(".plan-job");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.shiftKey && (job || here === document.body)) {
      const all = rows();
      const at = job ? all.findIndex((link) => job.contains(link)) : -1;
      if (!all[at + step]) return;
      event.preventDefault();
      all[at + step].focus();
    } else if ((event.key === "p" || event.key === "P") && job && !here.matches("input,textarea,select")) {
      const plan = job.querySelector("[data-plan]");
      if (!plan) return;
      event.preventDefault();
      plan.click();
    }
  });

  // --- by drag: the form that the button opens, sent at once with person and day -----------------------------------
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    const from = event.target.closest?.("[data-drag],[data-move]");
    if (!from) return;
    dragged = from;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    for (const each of document.querySelectorAll(".is-over-drop")) each.classList.remove("is-over-drop");
  });
  for (const name of ["dragover", "dragleave"]) {
    document.addEventListener(name, (event) => {
      const cell = event.target.closest?.("[data-drop]");
      if (!cell || !dragged) return;
      if (name === "dragover") event.preventDefault();
      cell.classList.toggle("is-over-drop", name === "dragover");
    });
  }
  document.addEventListener("drop", (event) => {
    const cell = event.target.closest?.("[data-drop]");
    const form = document.getElementById("plan-drop");
    if (!cell || !dragged || !form) return;
    event.preventDefault();
    const back = encodeURIComponent(location.pathname + location.search);
    const ids = dragged.dataset.move?.split(",").map((id) => `visit=${id}`);
    form.action = ids ? `${form.dataset.move}?${ids.join("&")}&back=${back}` : dragged.dataset.drag;
    // who is dragged along stays with the visit, and so does its part of the day
    const { officer = "", partner = "", part = "", version = "" } = dragged.dataset;
    form.elements.on.value = cell.dataset.on;
    form.elements.officer.value = cell.dataset.officer;
    form.elements.second.value = cell.dataset.officer === partner ? officer : partner;
    form.elements.part.value = part;
    form.elements.version.value = version;
    form.submit();
  });

  // --- approval: the button says how many are ticked ----------------------------------------------------------------
  const said = document.querySelector("[data-plan-count]");
  const boxes = () => document.querySelectorAll('#plan-approve input[name="visit"]:checked').length;
  document.addEventListener("change", (event) => {
    if (said && event.target.matches?.('#plan-approve input[name="visit"]')) {
      said.textContent = said.dataset.words.replace("#", boxes());
    }
  });
})();
