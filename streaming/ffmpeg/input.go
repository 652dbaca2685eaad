package ffmpeg

// Demuxers is every container we let FFmpeg open. Playlist formats (hls, concat,
// dash, …) are left out on purpose: a file named film.mkv may be one, and would
// make FFmpeg read other files.
const Demuxers = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpegts,mpeg,mpegvideo,avi,flv,live_flv,asf,asf_o,rm,ivf,nut,mxf,gxf,dv,wtv," +
	"h264,hevc,av1,obu,m4v,vc1,h263,flac,mp3,ogg,wav,w64,aiff,aac,ac3,eac3,dts,dtshd,truehd,mlp,ape,wv,tta,mpc,mpc8,dsf,iff,caf,au,amr,tak,shn," +
	"srt,ass,webvtt,microdvd,mpl2,subviewer,subviewer1,sami,stl,tedcaptions,vobsub,sup,lrc," +
	"jpeg_pipe,png_pipe,webp_pipe,gif,gif_pipe,bmp_pipe,tiff_pipe"

// Guard is what goes before every -i: no protocol but files, no container but
// [Demuxers].
func Guard() []string {
	return []string{"-protocol_whitelist", "file", "-format_whitelist", Demuxers}
}

// File is the input's name as FFmpeg takes it: with its protocol, so that no
// character in the path can name another.
func File(path string) string { return "file:" + path }
