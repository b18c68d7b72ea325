"use strict";
/* Single keys for coding. Without this, or with keys switched off, everything works by pointing and
   by Tab. No key is taken while somebody types, chooses from a list, or holds a modifier. */
(function () {
  var form = document.querySelector("form[data-keys]");
  var undo = document.querySelector("form[data-undo]");
  var none = document.getElementById("none");
  var added = document.getElementById("new");
  var help = document.getElementById("help");
  if (!form) { return; }

  function types(target) {
    var name = target.tagName;
    return name === "TEXTAREA" || name === "SELECT" ||
      (name === "INPUT" && target.type !== "checkbox" && target.type !== "radio");
  }
  function acts(target) {
    return /^(A|BUTTON|SUMMARY)$/.test(target.tagName);
  }
  function themes() {
    return form.querySelectorAll("input[name=theme]");
  }
  function toggle(box) {
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* A theme and "No theme" exclude one another. */
  form.addEventListener("change", function (event) {
    if (!event.target.checked) { return; }
    if (event.target === none) {
      themes().forEach(function (box) { box.checked = false; });
    } else if (event.target.name === "theme") {
      none.checked = false;
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) { return; }
    if (types(event.target)) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    if (event.key === "Enter") {
      if (acts(event.target)) { return; }
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === "u" && undo) { event.preventDefault(); undo.requestSubmit(); return; }
    if (event.key === "n") { event.preventDefault(); added.focus(); return; }
    if (event.key === "?") {
      event.preventDefault();
      help.open = !help.open;
      if (help.open) { help.querySelector("summary").focus(); }
      return;
    }
    var box = event.key.length === 1 && form.querySelector('input[data-key="' + CSS.escape(event.key) + '"]');
    if (box) { event.preventDefault(); toggle(box); }
  });
}());
