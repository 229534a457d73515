import pytest

from news.renditions import MasterName, Rendition, srcset

MASTER = "images/2026/11/hoi-nghi-3f9a2c1b-1920x1080.webp"


def test_name_of_a_master_tells_its_size():
    master = MasterName.parse(MASTER)

    assert master == MasterName("images/2026/11/hoi-nghi-3f9a2c1b", 1920, 1080, "webp")


def test_parsed_name_reads_as_it_was_written():
    assert str(MasterName.parse(MASTER)) == MASTER


@pytest.mark.parametrize(
    "path",
    [
        "",
        "images/anh.webp",
        "images/2026/11/hoi-nghi-3f9a2c1b-1920x1080.w640.webp",
        "images/anh-0x10.webp",
        "images/anh-100000x10.webp",
        "images/anh-10x10.svg",
        "images/anh-10x10.webp?x=1",
        "images/-10x10.webp",
        "images/anh-10x10.webp\n",
    ],
)
def test_other_names_are_not_masters(path):
    assert MasterName.parse(path) is None


def test_copies_are_made_at_every_width_below_the_masters():
    assert MasterName("a", 961, 480).renditions() == [
        Rendition("a-961x480.w320.webp", 320, 160),
        Rendition("a-961x480.w640.webp", 640, 320),
        Rendition("a-961x480.w960.webp", 960, 480),
    ]


def test_copy_of_a_very_wide_picture_is_one_pixel_high():
    assert MasterName("a", 1200, 1).renditions()[0].height == 1


def test_srcset_names_the_copies_and_the_master():
    assert srcset("/media/a-700x350.webp") == (
        "/media/a-700x350.w320.webp 320w, /media/a-700x350.w640.webp 640w, "
        "/media/a-700x350.webp 700w"
    )


@pytest.mark.parametrize("url", ["/media/a-320x200.webp", "/media/a.webp"])
def test_picture_without_copies_has_no_srcset(url):
    assert srcset(url) == ""
