// The instalments of an agreement are added up while they are typed, and compared with the agreed sum. The server checks them again.
(() => {
  const fen = (input) => {
    const text = (input?.value || "").replaceAll(",", "").trim();
    return /^\d+(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : 0;
  };
  const yuan = (amount) =>
    (amount / 100).toLocaleString("en-US", {
      minimumFractionDigits: amount % 100 ? 2 : 0,
      maximumFractionDigits: 2,
    });

  const start = (form) => {
    const said = form.querySelector("[data-added]");
    const total = form.querySelector("[data-total]");
    const show = () => {
      let added = 0;
      for (const each of form.querySelectorAll("[data-amount]")) {
        added += fen(each);
      }
      const left = fen(total) - added;
      said.hidden = !added;
      said.className = left ? "is-broken" : "is-paid";
      said.textContent =
        left === 0
          ? said.dataset.fits
          : `${left > 0 ? said.dataset.less : said.dataset.more} ${yuan(Math.abs(left))}`;
    };
    form.addEventListener("input", show);
    form.addEventListener("anqi:key", show); // what was typed is back
    show();
  };
  window.anqi.onEach("form:has([data-added])", start);
})();
