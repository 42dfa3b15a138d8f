//! What the demo says.

super::catalogue! {
    ABOUT = "try it: a desk of an invented brand, with channels that live", "试用：一个虚构品牌的工作台，渠道实时模拟";
    ARG_SEED = "The same seed brings the same events", "相同的种子带来相同的事件";
    ARG_OPEN = "Open this many conversations besides, for a large desk", "另外打开这么多会话，以得到大型工作台";
    ARG_KEEP = "Make and fill the desk, print its folder and end; open it with --desk", "建好并填充工作台，打印其文件夹后结束；可用 --desk 打开";
    ARG_START = "When the shift began, in milliseconds since 1970", "班次开始时刻，1970 年以来的毫秒数";
    NOT_A_DEMO = "{desk}: is a folder, but no demo desk; name one that does not exist yet", "{desk}：文件夹已存在，但不是演示工作台；请指定一个尚不存在的文件夹";
    NO_FOLDER = "{desk}: the demo's folder cannot be made: {why}", "{desk}：无法创建演示文件夹：{why}";
    NO_FEED = "the demo's feed could not be started: {why}", "无法启动演示数据流：{why}";
    NOT_TAKEN = "the desk did not take the demo's events: {why}", "工作台未接收演示事件：{why}";
    STOPPED = "stopped before the desk was filled", "工作台尚未填满即被停止";
}
