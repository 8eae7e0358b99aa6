"""What the demo says, in both languages. The words before the colons of addresses are fixed."""

from shared.wire import Words

PART_TOWN = Words("生成全镇住户和以往的走访", "Making the town's households and the visits so far")
PART_PHONES = Words("发放 {of} 部手机并首次同步", "Giving out {of} phones, each with its grids")
PART_WEEK = Words("演练 {day}", "Rehearsing {day}")
PART_COUNTING = Words("统计各网格的数字", "Counting the figures of each grid")
TAKES = Words(
    "共 {households} 户，在两个空闲的处理器核上约需 {minutes} 分钟；中断后重新运行即从头生成。",
    "{households} households: about {minutes} minutes on two idle processor cores. "
    "If it is interrupted, start it again and it begins anew.",
)
STARTING = Words("正在启动", "Starting")
KEPT = Words("沿用已有的演示数据：{home}", "Going on with the demo data in {home}")
MADE = Words(
    "演示数据保存在：{home}（生成用时 {lasted}）", "The demo data lie in {home} (made in {lasted})"
)
PORT_TAKEN = Words(
    "端口 {wanted} 已被占用，改用 {free}。已注册的设备仍会访问原来的地址；"
    "请释放该端口，或在新地址重新注册。",
    "Port {wanted} is in use; taking {free}. Devices enrolled before still look for the old "
    "address: free that port, or enrol them again.",
)
NO_PORT = Words(
    "从 {wanted} 起没有可用端口。请用 DOORSTEP_PORT 指定其他端口。",
    "There is no free port from {wanted} on. Choose another with DOORSTEP_PORT.",
)
FOREIGN = Words(
    "{home} 里已有数据，但不是演示数据。请用 DOORSTEP_HOME 指定另一个文件夹。",
    "{home} has data that are not a demo's. Choose another folder with DOORSTEP_HOME.",
)
OTHER_SIZE = Words(
    "{home} 里是另一种规模的演示镇。请用 DOORSTEP_HOME 指定另一个文件夹。",
    "{home} has a demo town of the other size. Choose another folder with DOORSTEP_HOME.",
)
NOT_REHEARSED = Words("未能演练这一周：\n{said}", "The week could not be rehearsed:\n{said}")
NOT_STARTED = Words("未能启动：", "Could not start:")
ENDED = Words("{name} 意外停止，日志：{log}", "{name} has stopped by itself; its log: {log}")
STOP = Words("按 Ctrl-C 停止。", "Press Ctrl-C to stop.")
STOPPED = Words("已停止，数据保留。", "Stopped; the data are kept.")
INVENTED = Words("镇、人、电话均为虚构。", "The town, its people and their phones are invented.")


def said(words: Words, language: str, **values: object) -> str:
    """The sentence in "zh" or "en"."""
    return (words.zh if language == "zh" else words.en).format(**values)
