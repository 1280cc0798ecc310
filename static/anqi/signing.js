// Signing by finger, pen or mouse: each field keeps what was drawn as a PNG in its hidden input. Without scripts there is paper.
(() => {
  const INK = "#111827";
  const WIDTH = 2.5; // of the line, in CSS pixels
  const MOST = 2; // pixels of the picture per CSS pixel: more only makes it larger

  const setUp = (pad) => {
    const canvas = pad.querySelector("[data-canvas]");
    const input = pad.querySelector("input");
    const clear = pad.querySelector("[data-clear]");
    const lines = []; // as parts of width and height, so that they stay when the phone is turned
    let drawing = null;
    let before = null; // the picture of a form that was refused, or came back as a kept text
    let written = input.value; // by this pad

    const draw = () => {
      const { width, height } = canvas.getBoundingClientRect();
      if (!width) {
        return;
      }
      const scale = Math.min(window.devicePixelRatio || 1, MOST);
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      if (before) {
        pen.drawImage(before, 0, 0, canvas.width, canvas.height);
      }
      pen.strokeStyle = INK;
      pen.lineWidth = WIDTH * scale;
      pen.lineCap = pen.lineJoin = "round";
      for (const line of lines) {
        pen.beginPath();
        for (const [index, [x, y]] of line.entries()) {
          pen[index ? "lineTo" : "moveTo"](x * canvas.width, y * canvas.height);
        }
        if (line.length === 1) {
          pen.lineTo(line[0][0] * canvas.width + 1, line[0][1] * canvas.height);
        }
        pen.stroke();
      }
    };
    const keep = () => {
      const drawn = before || lines.some((line) => line.length > 1);
      input.value = written = drawn ? canvas.toDataURL("image/png") : "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
      clear.hidden = !before && !lines.length;
    };
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (drawing !== null || event.button > 0) {
        return;
      }
      drawing = event.pointerId;
      canvas.setPointerCapture(drawing);
      canvas.classList.remove("is-invalid");
      lines.push([at(event)]);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== drawing) {
        return;
      }
      const between = event.getCoalescedEvents?.() || [];
      lines.at(-1).push(...(between.length ? between : [event]).map(at));
      draw();
    });
    const end = (event) => {
      if (event.pointerId === drawing) {
        drawing = null;
        keep();
      }
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    clear.addEventListener("click", () => {
      lines.length = 0;
      before = null;
      draw();
      keep();
    });
    new ResizeObserver(draw).observe(canvas);
    const show = () => {
      if (!input.value.startsWith("data:image/png")) {
        return;
      }
      const drawn = new Image();
      drawn.onload = () => {
        before = drawn;
        lines.length = 0;
        draw();
        clear.hidden = false;
      };
      drawn.src = input.value;
    };
    input.addEventListener("change", () => {
      if (input.value !== written) {
        written = input.value;
        show();
      }
    });
    show();
  };

  const follow = (form) => {
    const way = form.querySelector("[name=way]:checked")?.value;
    const refused = Boolean(form.querySelector("[name=refused]:checked"));
    for (const part of form.querySelectorAll("[data-way], [data-if], [data-unless]")) {
      part.hidden =
        (part.dataset.way && part.dataset.way !== way) ||
        (part.dataset.if && !refused) ||
        (part.dataset.unless && refused) ||
        false;
    }
  };

  window.anqi.onEach("[data-pad]", setUp);
  window.anqi.onEach("form:has([data-pad])", (form) => {
    form.addEventListener("change", () => follow(form));
    follow(form);
  });
})();
