"use strict";
// What the page itself says, in the two languages, and how it says times and sizes.

const WORDS = {
  zh: {
    tagline: "队伍 · 活动 · 提醒",
    field: "说点什么", hint: "说点什么…", send: "发送", clip: "发图片", picture: "图片", menu: "菜单", log: "聊天记录",
    offline: "没有网络，写好的会留着，连上就发。",
    unreachable: "连不上驿站，正在重试，写好的会留着。",
    waiting: "等着发出", refused: "这条没能发出去", typing: "驿站正在回复",
    newer: "有新消息", download: "下载", today: "今天", yesterday: "昨天", you: "你", station: "驿站",
  },
  en: {
    tagline: "Teams · events · reminders",
    field: "Say something", hint: "Say something…", send: "Send", clip: "Send a picture", picture: "Picture", menu: "Menu", log: "Conversation",
    offline: "You're offline. What you write is kept and goes out once you're back.",
    unreachable: "Can't reach the station. Trying again; what you write is kept.",
    waiting: "Waiting to be sent", refused: "This couldn't be sent",
    typing: "The station is typing",
    newer: "New message", download: "Download", today: "Today", yesterday: "Yesterday", you: "You",
    station: "Station",
  },
};

let language = "zh";
let words = WORDS.zh;

function day(at) {
  const date = new Date(at);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const ago = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  if (language === "zh") {
    return `${date.getMonth() + 1}月${date.getDate()}日 周${"日一二三四五六"[date.getDay()]}`;
  }
  return date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
}

function clock(at) {
  const date = new Date(at);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
