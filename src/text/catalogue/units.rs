//! Units of time and number, weekdays and months.

super::catalogue! {
    NOW = "now", "刚刚";
    SECONDS = "{n}s", "{n}秒";
    MINUTES = "{n}m", "{n}分钟";
    HOURS = "{n}h", "{n}小时";
    DAYS = "{n}d", "{n}天";
    YEARS = "{n}y", "{n}年";
    HOURS_MINUTES = "{h}h{m}", "{h}小时{m}分";
    DAYS_HOURS = "{d}d{h}h", "{d}天{h}小时";
    DAY_OF_YEAR = "{weekday} {day} {month}", "{month}月{day}日 {weekday}";
    DATE = "{day} {month} {year}", "{year}年{month}月{day}日";
    DATE_NO_YEAR = "{day} {month}", "{month}月{day}日";
    MONDAY = "Mon", "周一";
    TUESDAY = "Tue", "周二";
    WEDNESDAY = "Wed", "周三";
    THURSDAY = "Thu", "周四";
    FRIDAY = "Fri", "周五";
    SATURDAY = "Sat", "周六";
    SUNDAY = "Sun", "周日";
    JANUARY = "Jan", "1";
    FEBRUARY = "Feb", "2";
    MARCH = "Mar", "3";
    APRIL = "Apr", "4";
    MAY = "May", "5";
    JUNE = "Jun", "6";
    JULY = "Jul", "7";
    AUGUST = "Aug", "8";
    SEPTEMBER = "Sep", "9";
    OCTOBER = "Oct", "10";
    NOVEMBER = "Nov", "11";
    DECEMBER = "Dec", "12";
}
