//! What is said of the connector for files.

super::catalogue! {
    ABOUT = "two files that a program of your own writes and reads", "由您自己的程序读写的两个文件";
    ASK_IN = "The file of events that your program writes, one JSON object a line (docs/events.md); a path that does not begin with / is in the channel's folder", "您的程序写入事件的文件，每行一个 JSON 对象（见 docs/events.md）；不以 / 开头的路径位于频道文件夹中";
    ASK_OUT = "The file that replies and requests are appended to, for your program to read", "回复和请求追加写入的文件，供您的程序读取";

    ALLOWS_IN = "Events are read as the file grows; another file in its place is read from its beginning.", "文件增长时读取新事件；若文件被替换，则从头读取。";
    ALLOWS_OUT = "Each reply or request is one line with a key of its own; once it is on disk it counts as sent.", "每条回复或请求占一行，带有唯一的 key；写入磁盘后即视为已发送。";
    ALLOWS_DOUBT = "After a crash the key is looked for in the file, so nothing is written twice; leave lines there until they are acknowledged.", "崩溃后会在文件中查找 key，因此不会重复写入；请勿删除尚未确认的行。";
    ALLOWS_WHO = "What your platform allows, and how long a text may be, only your program knows.", "平台允许什么、文字可以多长，只有您的程序知道。";
}
