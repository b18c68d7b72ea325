"use strict";
/* Pages work without this. It adds: leaving by Escape, a guard against pressing twice, a counter
   of letters, and clearing a page that nobody is at. Nothing is stored in the browser. */
(function () {
  var root = document.documentElement;
  var body = document.body;

  function away(to) {
    root.classList.add("is-leaving");
    window.location.replace(to);
  }

  /* Leaving: at once, and so that Back does not lead here. */
  var leave = document.getElementById("leave");
  if (leave) {
    leave.addEventListener("click", function (event) {
      event.preventDefault();
      away("/leave");
    });
    var escapes = [];
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || event.repeat) { return; }
      escapes = escapes.filter(function (at) { return event.timeStamp - at < 3000; });
      escapes.push(event.timeStamp);
      if (escapes.length >= 3) { away("/leave"); }
    });
  }

  /* A page that comes back out of the browser's memory is asked for again. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      root.classList.add("is-leaving");
      window.location.reload();
    }
  });

  /* What is wrong is read first. */
  var summary = document.getElementById("summary");
  if (summary) { summary.focus(); }

  /* One press is one press. */
  document.querySelectorAll("form").forEach(function (form) {
    var sent = false;
    form.addEventListener("submit", function (event) {
      if (sent) { event.preventDefault(); return; }
      sent = true;
      form.querySelectorAll("button").forEach(function (button) {
        button.setAttribute("aria-disabled", "true");
      });
      window.setTimeout(function () {
        sent = false;
        form.querySelectorAll("button").forEach(function (button) {
          button.removeAttribute("aria-disabled");
        });
      }, 8000);
    });
  });

  /* Letters left, once they run out. */
  var counter = document.getElementById("counter");
  var text = document.querySelector("textarea[data-most]");
  if (counter && text) {
    var most = Number(text.dataset.most);
    var count = function () {
      var left = most - text.value.length;
      counter.hidden = left > most / 8;
      if (!counter.hidden) { counter.textContent = counter.dataset.text + " " + left; }
    };
    text.addEventListener("input", count);
    count();
  }

  /* A page that nobody is at is cleared; before that they are asked. */
  var patience = Number(body.dataset.idle || 0) * 1000;
  var dialog = document.getElementById("idle");
  if (!patience || !dialog || !dialog.showModal) { return; }
  var warning = Math.min(20000, patience / 2);
  var pause = Math.min(15000, patience / 4);
  var last = Date.now();
  var told = last;
  var shown = document.getElementById("idle-count");

  function tell() {
    told = Date.now();
    window.fetch("/here", { method: "POST", credentials: "same-origin" }).then(function (answer) {
      if (answer.status === 410) { away("/away"); }
    }, function () {});
  }
  function active() {
    if (dialog.open) { return; }
    last = Date.now();
    if (last - told > pause) { tell(); }
  }
  function here() {
    last = Date.now();
    tell();
  }
  ["keydown", "pointerdown", "pointermove", "scroll", "input"].forEach(function (kind) {
    window.addEventListener(kind, active, { passive: true });
  });
  document.getElementById("idle-here").addEventListener("click", function () { dialog.close(); });
  dialog.addEventListener("close", here);
  function look() {
    var left = patience - (Date.now() - last);
    if (left <= 0) { away("/away"); return; }
    if (left <= warning && !dialog.open) { dialog.showModal(); }
    if (dialog.open) { shown.textContent = String(Math.ceil(left / 1000)); }
  }
  window.setInterval(look, 500);
  document.addEventListener("visibilitychange", look);
}());
