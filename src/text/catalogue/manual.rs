//! Shell completions, man pages, and what only they say.

super::catalogue! {
    COMPLETIONS = "print completions for a shell", "输出 shell 补全脚本";
    COMPLETIONS_LONG = "Prints a script that completes verbs, options and their words. For one shell: source <(dutydesk completions bash). Kept: bash: dutydesk completions bash > ~/.local/share/bash-completion/completions/dutydesk; zsh: into _dutydesk in a folder of $fpath; fish: into ~/.config/fish/completions/dutydesk.fish.", "输出补全动词、选项及其取值的脚本。当前 shell：source <(dutydesk completions bash)。长期使用：bash 写入 ~/.local/share/bash-completion/completions/dutydesk；zsh 写入 $fpath 某目录下的 _dutydesk；fish 写入 ~/.config/fish/completions/dutydesk.fish。";
    ARG_SHELL = "The shell", "shell 名称";
    MAN = "print the manual page, or write one for each verb", "输出手册页，或为每个动词写一页";
    MAN_LONG = "Prints the manual page of the program: dutydesk man | man -l -. With DIR, writes dutydesk.1 and a page for each verb there, e.g. into ~/.local/share/man/man1; man dutydesk-list then shows it.", "输出程序的手册页：dutydesk man | man -l -。指定 DIR 时，将 dutydesk.1 和每个动词的手册页写入该目录，例如 ~/.local/share/man/man1；之后可用 man dutydesk-list 查看。";
    ARG_MAN_DIR = "The folder to write the pages into", "写入手册页的目录";
    ENV_DESK = "The desk's folder, where --desk does not name one.", "工作台目录（未用 --desk 指定时）。";
    ENV_AS = "Who you are on a private desk with declared names, where --as does not say.", "在允许自报姓名的个人工作台上的名字（未用 --as 指定时）。";
    ENV_LANG = "The language, en or zh, where --lang does not say.", "界面语言 en 或 zh（未用 --lang 指定时）。";
    ENV_LOG = "What a daemon that is started writes to its log: error, warn, info, debug or trace, also by room (info,channels=debug).", "启动的守护进程的日志级别：error、warn、info、debug 或 trace，可按模块设置（info,channels=debug）。";
    ENV_NO_COLOR = "No colours, if it is set to anything.", "设为任意值时不使用颜色。";
    ENV_EDITOR = "The editor for long texts.", "编写长文本时使用的编辑器。";
    FILE_USER = "What one operator likes: theme, language, keys.", "座席个人设置：主题、语言、按键。";
    FILE_DESK = "The private desk.", "个人工作台。";
    FILE_SETTINGS = "The files of a desk DIR; see docs/configuration.md.", "工作台 DIR 下的设置文件；见 docs/configuration.md。";
    ARG_LOG = "What goes into the log: error, warn, info, debug or trace, also by room: info,channels=debug", "日志级别：error、warn、info、debug 或 trace，可按模块设置：info,channels=debug";
    BAD_LOG = "{value} is no log filter; write a level (error, warn, info, debug, trace, off), also by room: info,channels=debug", "{value} 不是有效的日志设置；请写级别（error、warn、info、debug、trace、off），可按模块设置：info,channels=debug";
}
