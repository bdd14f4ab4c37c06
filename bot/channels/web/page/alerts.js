"use strict";
// Alerts while the page is closed. The browser asks its question only when the button is pressed,
// which stands under the answer to a sign-up.

const Alerts = (() => {
  const isPossible = window.isSecureContext && "serviceWorker" in navigator
    && "PushManager" in window && "Notification" in window;

  function canOffer() {
    return isPossible && Notification.permission !== "denied";
  }

  async function subscribe() {
    if (await Notification.requestPermission() !== "granted") return false;
    await navigator.serviceWorker.register("/chat/worker.js", { scope: "/chat" });
    const { pushManager } = await navigator.serviceWorker.getRegistration("/chat");
    const told = await fetch("/chat/push");
    const key = (await told.json()).key.replaceAll("-", "+").replaceAll("_", "/");
    const applicationServerKey = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    const taken = await fetch("/chat/push", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(made),
    });
    return taken.ok;
  }

  // Whether the browser and its push service take part; many in China have none to be reached.
  async function turnOn() {
    const tooLong = new Promise((done) => setTimeout(() => done(false), 60000));
    try {
      return await Promise.race([subscribe(), tooLong]);
    } catch {
      return false;
    }
  }

  // Whoever uses this browser next is somebody else.
  async function drop() {
    if (!isPossible) return;
    try {
      const worker = await navigator.serviceWorker.getRegistration("/chat");
      const made = worker && await worker.pushManager.getSubscription();
      if (made) await made.unsubscribe();
    } catch {
      // The station has forgotten the subscription; what is left in the browser hears nothing.
    }
  }

  return { canOffer, turnOn, drop };
})();
