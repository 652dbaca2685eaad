#!/usr/bin/env bash
# demo-library.sh DIR: make a small library with ffmpeg to try Sett on: a film in
# H.264/AAC mp4, one in HEVC/AC3 mkv with a subtitle track and chapters, two
# episodes of a show, an album of two FLAC tracks with tags and cover. What exists
# is kept, so a second start is instant.
set -euo pipefail
dir=${1:?usage: demo-library.sh DIR}
[ -e "$dir/.complete" ] && exit 0
echo "Making a small demo library in $dir (a quarter of a minute, once)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ff() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# A few seconds are encoded and then repeated without encoding, so that the films
# are long enough to resume in but quick to make.
clip() { # file size colour video-options…
	local out=$1 size=$2 hue=$3
	shift 3
	ff -f lavfi -i "testsrc2=s=$size:r=24:d=12,hue=h=$hue" -f lavfi -i "sine=$((300 + hue)):r=48000:d=12" -pix_fmt yuv420p -g 48 "$@" "$work/$out"
}
looped() { ff -stream_loop "$1" -i "$work/$2" "${@:3}"; } # times 12 seconds, and once more
poster() { ff -f lavfi -i "gradients=s=600x900:c0=$1:c1=$2:d=1:speed=0.01" -frames:v 1 -q:v 4 "$3"; }

film="$dir/Films/First Light (2021)"
mkdir -p "$film"
clip first.mp4 1280x720 0 -c:v libx264 -preset veryfast -crf 34 -c:a aac -b:a 96k
looped 29 first.mp4 -map 0 -c copy -movflags +faststart -metadata title="First Light" "$film/First Light (2021).mp4"
poster 0x1d3557 0xf1a208 "$film/poster.jpg"

film="$dir/Films/Second Winter (2019)"
mkdir -p "$film"
printf '1\n00:00:01,000 --> 00:00:06,000\nThe snow has come early.\n\n2\n00:00:20,000 --> 00:00:26,000\nThen we stay until spring.\n' >"$work/en.srt"
cat >"$work/chapters.txt" <<'C'
;FFMETADATA1
title=Second Winter
[CHAPTER]
TIMEBASE=1/1000
START=0
END=40000
title=The house
[CHAPTER]
TIMEBASE=1/1000
START=40000
END=96000
title=The road
C
clip second.mkv 1280x720 90 -c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=48 -crf 36 -c:a ac3 -b:a 192k
looped 7 second.mkv -i "$work/en.srt" -i "$work/chapters.txt" -map 0:v -map 0:a -map 1 -map_metadata 2 -map_chapters 2 \
	-c copy -c:s srt -metadata:s:a:0 language=eng -metadata:s:s:0 language=eng "$film/Second Winter (2019).mkv"
poster 0x457b9d 0xf1faee "$film/poster.jpg"

show="$dir/Shows/Harbour Lights (2020)"
mkdir -p "$show/Season 01"
for n in 1 2; do
	clip "tide$n.mp4" 854x480 $((n * 60)) -c:v libx264 -preset veryfast -crf 34 -c:a aac -b:a 96k
	looped 26 "tide$n.mp4" -map 0 -c copy -movflags +faststart "$show/Season 01/Harbour Lights S01E0$n - Tide $n.mp4"
done
poster 0x264653 0x2a9d8f "$show/poster.jpg"

album="$dir/Music/The Lanterns/Night Walks (2018)"
mkdir -p "$album"
ff -f lavfi -i "gradients=s=600x600:c0=0x6d597a:c1=0xe56b6f:d=1:speed=0.01" -frames:v 1 -q:v 4 "$album/cover.jpg"
for n in 1 2; do
	ff -f lavfi -i "sine=$((220 * n)):r=44100:d=120" -i "$album/cover.jpg" -map 0 -map 1 -c:a flac -c:v copy -disposition:v attached_pic \
		-metadata title="Walk $n" -metadata artist="The Lanterns" -metadata album_artist="The Lanterns" -metadata album="Night Walks" \
		-metadata track="$n/2" -metadata date=2018 -metadata genre=Ambient "$album/0$n - Walk $n.flac"
done
touch "$dir/.complete"
