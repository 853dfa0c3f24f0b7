import logging

from gui.settings import AUTOMATIC_BUILDING, RECENT_FILES, SETTINGS, THEME, Settings
from gui.theme import Scheme


def test_without_a_file_each_setting_has_its_default(settings):
    assert [settings.get(setting) for setting in SETTINGS] == [s.default for s in SETTINGS]


def test_what_is_set_is_there_at_the_next_start(own_folders):
    settings = Settings(own_folders)
    settings.set(AUTOMATIC_BUILDING, False)
    settings.set(THEME, Scheme.DARK)
    for files in (("/a.stack.json",), ("/a, b.stack.json", "/ü.stack.json")):
        settings.set(RECENT_FILES, files)
        again = Settings(own_folders)
        assert again.get(AUTOMATIC_BUILDING) is False
        assert again.get(THEME) is Scheme.DARK
        assert again.get(RECENT_FILES) == files


def test_a_bad_value_falls_back_with_a_warning(own_folders, caplog):
    own_folders.settings_file().write_text("[building]\nautomatic=perhaps\n[window]\ntheme=pink\n")
    settings = Settings(own_folders)
    with caplog.at_level(logging.WARNING):
        assert settings.get(AUTOMATIC_BUILDING) is True
        assert settings.get(THEME) is Scheme.SYSTEM
    assert "building/automatic is 'perhaps'" in caplog.text
    assert "window/theme is 'pink'" in caplog.text


def test_two_windows_keep_each_other_s_settings(own_folders):
    one, other = Settings(own_folders), Settings(own_folders)
    one.set(THEME, Scheme.DARK)
    other.set(AUTOMATIC_BUILDING, False)
    assert (one.get(AUTOMATIC_BUILDING), one.get(THEME)) == (False, Scheme.DARK)
