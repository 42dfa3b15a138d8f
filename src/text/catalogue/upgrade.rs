//! Taking a desk over from another release.

super::catalogue! {
    UPGRADE = "take a desk over from an older release", "从旧版本接管工作台";
    UPGRADE_LONG = "Ends the daemon of an older release that serves the desk, copies its database, brings it up to date and starts the daemon of this release; a shared desk's is started by its service. Cockpits of the older release are told and end. For the account that owns the desk. A desk or daemon of a newer release is refused and left as it is.", "结束为该工作台服务的旧版守护进程，备份数据库，升级数据格式，然后启动本版本的守护进程（共享工作台由系统服务启动）。旧版座席界面会得到通知并断开。仅限工作台所有者账号。若工作台或守护进程属于更新的版本，则拒绝操作且不作改动。";
    ARG_NO_COPY = "Keep no copy of the database as it was", "不保留升级前的数据库副本";
    NO_DESK = "there is no desk in {desk}", "{desk} 没有工作台";
    NOT_OWNER = "upgrade is for the account that owns {desk}: sudo -u OWNER dutydesk --desk {desk} upgrade", "升级须由 {desk} 的所有者账号执行：sudo -u OWNER dutydesk --desk {desk} upgrade";
    NEWER_SERVES = "a daemon of the newer release {release} (wire {wire}) serves the desk, and this program is {ours}: install that release; nothing was changed", "较新版本 {release}（协议 {wire}）的守护进程正在运行，而本程序为 {ours}：请安装该版本；未作任何改动";
    NEWER_DESK = "a newer release wrote this desk (schema {found}; this program, {ours}, knows {known}): install that release; nothing was changed", "该工作台由更新的版本写入（数据格式 {found}；本程序 {ours} 只支持到 {known}）：请安装该版本；未作任何改动";
    MAY_NOT_END = "the older daemon does not let this account end it; run upgrade under the account that owns the desk", "旧版守护进程不允许当前账号结束它；请以工作台所有者账号执行";
    NOT_SPOKEN = "the older daemon could not be told to end ({why}); end it as it was started (systemctl stop dutydesk, or kill), then upgrade again", "无法通知旧版守护进程结束（{why}）；请按其启动方式结束它（systemctl stop dutydesk 或 kill），然后再次升级";
    STAYS = "the older daemon was told to end and is still there; see its daemon.log, then upgrade again", "旧版守护进程已收到结束请求但仍在运行；请查看 daemon.log，然后再次升级";
    ENDED = "ended: the daemon of release {release} (wire {wire})", "已结束：版本 {release}（协议 {wire}）的守护进程";
    SCHEMA_CHANGED = "database: brought from schema {from} to {to}", "数据库：已从格式 {from} 升级到 {to}";
    SCHEMA_SAME = "database: is of schema {to} already", "数据库：已是格式 {to}";
    COPY = "as it was before: {path} (remove it once all is well)", "升级前的副本：{path}（确认无误后可删除）";
    SERVES = "serves: release {ours}", "正在运行：版本 {ours}";
    START_SERVICE = "start its service now: systemctl start dutydesk (release {ours})", "现在请启动其服务：systemctl start dutydesk（版本 {ours}）";
    ALREADY = "release {ours} serves this desk already", "版本 {ours} 已在为该工作台服务";
}
