// The place of a check-in, only if the officer presses the button, and the print button of door signs.
window.anqi.onEach("[data-place]", (box) => {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  const said = box.querySelector("[data-place-said]");
  const field = (name) => document.querySelector(`input[name="${name}"]`);
  const rounded = (degrees) => (Math.round(degrees * 1000) / 1000).toFixed(3); // what leaves the phone is rounded already
  box.hidden = false;
  box.querySelector("[data-place-add]").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field("latitude").value = rounded(coords.latitude);
        field("longitude").value = rounded(coords.longitude);
        field("accuracy").value = Math.min(100000, Math.ceil(coords.accuracy / 10) * 10);
        said.textContent = box.dataset.added;
      },
      () => {
        said.textContent = box.dataset.failed;
      },
      { enableHighAccuracy: false, timeout: 15000, maximumAge: 60000 },
    );
  });
});
window.anqi.onEach("[data-print]", (print) => {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
});
