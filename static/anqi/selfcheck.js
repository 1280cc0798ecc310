// A self-check by list: counts what is answered and passes the rest. Without it the page is a plain form.
window.anqi.onEach("[data-self-checking]", (form) => {
  const items = Array.from(form.querySelectorAll("[data-item]"));
  const count = form.querySelector("[data-count]");
  const rest = form.querySelector("[data-pass-all]");
  const isOpen = (item) => !item.querySelector(".check-options input:checked");
  const show = () => {
    const left = items.filter(isOpen).length;
    count.textContent = `${items.length - left} / ${items.length}`;
    rest.hidden = left === 0;
  };
  rest.addEventListener("click", () => {
    for (const item of items.filter(isOpen)) item.querySelector("input[value=pass]").checked = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
  form.addEventListener("change", show);
  addEventListener("pageshow", show);
  show();
});
