#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| dutydesk_fuzz::targets::run("platforms", data));
