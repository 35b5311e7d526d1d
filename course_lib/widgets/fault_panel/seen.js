/**
 * Tells the kernel now and then that somebody looks, so that it looks at the shop only then.
 *
 * @param {{send: (content: object) => void}} model The widget's model.
 * @param {HTMLElement} el What must be on the screen.
 * @returns {() => void} Ends it.
 */
function tellWhenSeen(model, el) {
  const EVERY = 5000; // milliseconds; the kernel goes on for 12 s
  let onScreen = false;
  const tell = () => {
    if (onScreen && document.visibilityState === "visible") model.send({ seen: true });
  };
  const observer = new IntersectionObserver((entries) => {
    const now = entries.some((entry) => entry.isIntersecting);
    const came = now && !onScreen;
    onScreen = now;
    if (came) tell();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", tell);
  const timer = setInterval(tell, EVERY);
  return () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", tell);
    clearInterval(timer);
  };
}

/**
 * Makes an element. Whatever comes from the shop goes into it as text.
 *
 * @param {string} tag Its tag.
 * @param {Record<string, string>} attributes Its attributes; `text` is its text.
 * @param {...(Node|string)} children What stands in it.
 * @returns {any} The element.
 */
function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
