// The page's own words in both languages; what the bot says is never touched.

const WORDS = {
  people: ["Who do you want to be?", "您想扮演谁？"],
  new_person: ["Someone new…", "新建一个人…"],
  neighbours: ["Simulated neighbours", "模拟邻居"],
  neighbours_hint: [
    "They join from the posters like everybody else and answer when they are called. Their time runs 20 times faster; the clock and the points do not.",
    "他们像大家一样扫码加入，收到召集后自己回应；他们的时间快 20 倍，时钟和积分照常。",
  ],
  steps: ["The whole story in five steps", "五步走完全程"],
  step_1: ["Hold one phone as the coordinator, the other as a resident. Both join by tapping; the resident joins the Community core.",
    "一部手机给应急值班员，另一部给居民，两人都点按钮加入；居民选社区应急队。"],
  step_2: ["As the coordinator type /callout flood Water in the cellar of Building 3, then tap 🚨.",
    "值班员输入 /callout 内涝 3号楼地下室进水，再点 🚨。"],
  step_3: ["As the resident tap ✅, 📍 and 🏁, and watch the coordinator's board.",
    "居民点 ✅、📍、🏁，同时看值班员的看板。"],
  step_4: ["Redeem a reward with /rewards; type its code on the merchant's phone.",
    "居民用 /rewards 兑换奖品，在爱心商家的手机上输入兑换码。"],
  step_5: ["Stand down with 🏁 and look at /leaderboard.", "值班员点 🏁 收队，再看 /leaderboard。"],
  how_many: ["How many people", "多少人"],
  move_in: ["Let them move in", "请他们入住"],
  freeze: ["Stop", "停下"],
  go_on: ["Go on", "继续"],
  chats: ["Phones in this room", "这里的手机"],
  filter: ["Find a name", "查找姓名"],
  nobody: ["Nobody here yet.", "还没有人。"],
  no_match: ["No such name.", "没有这个名字。"],
  more_people: ["{n} more: type to find them", "还有 {n} 人：输入姓名查找"],
  simulated: ["simulated", "模拟"],
  unread: ["{n} new", "{n} 条新消息"],
  phone_of: ["Phone of {name}", "{name}的手机"],
  empty_phone: ["A phone with nobody yet", "还没有人的手机"],
  pick: ["Choose who holds this phone", "选择谁拿这部手机"],
  add_phone: ["+ phone", "+ 手机"],
  close_phone: ["Put this phone away", "收起这部手机"],
  room_tab: ["Room", "排练室"],
  phone_tab: ["Phone {n}", "手机 {n}"],
  messages: ["Messages", "消息"],
  start: ["Start", "开始"],
  no_messages: ["Nothing here yet. Scan a poster, or press Start.", "还没有消息。扫一张海报，或点“开始”。"],
  scan: ["Scan", "扫码"],
  scan_title: ["Scan a poster or follow an invitation", "扫海报或打开邀请链接"],
  posters: ["Posters at the doors", "门口的海报"],
  invitations: ["Invitations", "邀请"],
  payload: ["Or what the link carries, or the whole link", "或输入链接的内容，或整个链接"],
  payload_hint: ["for example a_b1", "例如 a_b1"],
  open: ["Open", "打开"],
  cancel: ["Cancel", "取消"],
  ok: ["OK", "好"],
  more: ["More", "更多"],
  block: ["Block the bot", "屏蔽机器人"],
  unblock: ["Unblock the bot", "取消屏蔽"],
  blocked: ["has blocked the bot", "已屏蔽机器人"],
  commands: ["Commands", "命令"],
  no_commands: ["The bot has registered no commands for this person.", "机器人没有给这个人登记命令。"],
  attach: ["Attach", "附件"],
  photo: ["A picture from this computer", "这台电脑上的图片"],
  sample_photo: ["A sample picture", "一张示例图片"],
  place: ["A place", "一个位置"],
  place_title: ["Send a place", "发送位置"],
  latitude: ["Latitude", "纬度"],
  longitude: ["Longitude", "经度"],
  send: ["Send", "发送"],
  write: ["Message", "输入消息"],
  edited: ["edited", "已编辑"],
  silent: ["without sound", "静音"],
  picture_from: ["Picture from {name}", "{name}发来的图片"],
  document: ["Save {name}", "保存 {name}"],
  newer: ["↓ New messages", "↓ 新消息"],
  older: ["Show earlier messages", "显示更早的消息"],
  not_answered: ["The bot has not answered this tap yet.", "机器人还没有回应这次点击。"],
  outside: ["This link leads outside", "这个链接通向外面"],
  outside_hint: [
    "Nothing leaves the rehearsal room, so it is only shown:",
    "排练室里的内容不会外传，所以只显示链接：",
  ],
  name: ["Name", "姓名"],
  last_name: ["Last name (may stay empty)", "姓（可留空）"],
  language: ["Language of their Telegram", "Telegram 的语言"],
  poster: ["Poster or invitation", "海报或邀请"],
  no_poster: ["None: they write to the bot themselves", "没有：自己找到机器人"],
  create: ["Hand them a phone", "给一部手机"],
  other: ["Other", "其他"],
  reply_keyboard: ["Answers to tap", "可点的回答"],
  lost: ["The room does not answer. Trying again…", "排练室没有回应，正在重试…"],
  back: ["Connected again.", "已重新连接。"],
  chat_with: ["Chat", "聊天"],
  languages: ["Language of this page", "页面语言"],
  tabs: ["Room and phones", "排练室和手机"],
  f_moved_in: ["moved in", "已入住"],
  f_joined: ["joined", "已加入"],
  f_volunteers: ["volunteers", "志愿者"],
  f_declined: ["said no", "不加入"],
  f_asked: ["called", "被召集"],
  f_coming: ["on the way", "在路上"],
  f_later: ["later", "晚点到"],
  f_cannot: ["cannot", "去不了"],
  f_silent: ["no answer", "没有回应"],
  f_arrived: ["arrived", "已到达"],
  f_done: ["done", "已完成"],
  f_released: ["stood down", "途中收队"],
  f_blocked: ["blocked", "已屏蔽"],
};

let column = document.documentElement.lang.startsWith("zh") ? 1 : 0;
try {
  const kept = localStorage.getItem("linli-language");
  if (kept) column = kept === "zh" ? 1 : 0;
} catch { /* a browser may keep nothing */ }

export const language = () => (column ? "zh" : "en");

export function say(key, facts = {}) {
  return WORDS[key][column].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

/** Choose from a plain text or a text in several languages. */
export function chosen(words) {
  if (words === null || typeof words !== "object") return words ?? "";
  return words[language()] ?? words["*"] ?? Object.values(words)[0] ?? "";
}

export function setLanguage(code) {
  column = code === "zh" ? 1 : 0;
  try { localStorage.setItem("linli-language", code); } catch { /* as above */ }
  translate(document);
  document.dispatchEvent(new Event("language"));
}

export function translate(root) {
  document.documentElement.lang = column ? "zh-Hans" : "en";
  for (const one of root.querySelectorAll("[data-word]")) one.textContent = say(one.dataset.word);
  for (const one of root.querySelectorAll("[data-placeholder]")) one.placeholder = say(one.dataset.placeholder);
  for (const one of root.querySelectorAll("[data-language]")) {
    one.setAttribute("aria-pressed", String(one.dataset.language === language()));
  }
}
