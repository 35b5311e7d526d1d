/**
 * Tells the kernel whether somebody can see this panel: the page is in front, and the panel is inside the window.
 *
 * It says so when that changes, and again every half minute while it is so; a page that is closed falls silent, and
 * the kernel then stops by itself.
 *
 * @param {{model: any, el: HTMLElement}} context What anywidget hands to a view.
 */
function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  // Something with an area: an element without one never counts as inside the window.
  el.style.cssText = "height:1px;margin:0 0 -1px;overflow:hidden";
  let inside = false;
  let said = false;

  const say = (again = false) => {
    const seen = inside && document.visibilityState === "visible";
    if (seen === said && !(again && seen)) return;
    said = seen;
    try {
      model.send({ view, seen });
    } catch {
      // The kernel is gone; the pulse of the panel says so.
    }
  };

  const watcher = new IntersectionObserver((entries) => {
    inside = entries[entries.length - 1].isIntersecting;
    say();
  }, { rootMargin: "400px" });
  watcher.observe(el);
  const turned = () => say();
  document.addEventListener("visibilitychange", turned);
  const again = setInterval(() => say(true), 30000);
  return () => {
    watcher.disconnect();
    clearInterval(again);
    document.removeEventListener("visibilitychange", turned);
    inside = false;
    say();
  };
}

export default { render };
