"use strict";
// Shows what the station sends to this browser while its page is closed, and opens the page.

addEventListener("push", (event) => {
  const { title, body, lang, name } = event.data.json();
  const icon = "/chat/static/icon.svg";
  event.waitUntil(registration.showNotification(title, { body, lang, tag: name, icon }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = pages.find((page) => new URL(page.url).pathname === "/chat");
    return open ? open.focus() : clients.openWindow("/chat");
  })());
});
