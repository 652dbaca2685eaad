package remux_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"sett/streaming/remux"
)

// page appends the segments to a browser's buffer in an odd order, seeks, and
// reports what is buffered and shown.
const page = `<video id=v muted></video><script>
const q = new URLSearchParams(location.search), type = q.get('type'), order = q.get('order').split(',');
const tell = o => fetch('/tell', {method: 'POST', body: JSON.stringify(o)});
const v = document.getElementById('v'), ms = new MediaSource();
const once = (t, e) => new Promise((ok, no) => { t.addEventListener(e, ok, {once: true}); t.addEventListener('error', () => no('error on ' + e + ' ' + (v.error && v.error.message)), {once: true}); });
const bytes = async u => (await fetch(u)).arrayBuffer();
v.src = URL.createObjectURL(ms);
(async () => {
	await once(ms, 'sourceopen');
	if (!MediaSource.isTypeSupported(type)) return tell({unsupported: true});
	const sb = ms.addSourceBuffer(type);
	for (const n of ['init', ...order]) { const b = await bytes('/' + n); const done = once(sb, 'updateend'); sb.appendBuffer(b); await done; }
	const ranges = []; for (let i = 0; i < sb.buffered.length; i++) ranges.push([sb.buffered.start(i), sb.buffered.end(i)]);
	ms.endOfStream();
	const seen = [];
	for (const t of q.get('seek').split(',')) { const done = once(v, 'seeked'); v.currentTime = +t; await done; seen.push(v.currentTime); }
	return tell({ranges, seen, width: v.videoWidth});
})().catch(e => tell({error: '' + e + (v.error ? ' ' + v.error.message : '')}));
</script>`

// TestABrowserBuffersTheFilmWithoutAHole lets Chromium take the segments of a film
// in an odd order: it must see one range from end to end, and be able to seek in it.
func TestABrowserBuffersTheFilmWithoutAHole(t *testing.T) {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium here")
	}
	for _, name := range []string{
		"h264-aac.mp4", "h264-aac.mkv", "negative.mp4", "fragmented.mp4", "aac44.mkv", "nob.mkv", "vfr.mkv",
		"h264-flac.mkv", "vp9-opus.webm", "av1-opus.mkv", "h264-aac.ts",
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t, name)
			if err := f.Scan(t.Context()); err != nil {
				t.Fatal(err)
			}
			o := output(t, f, remux.Options{Audio: audible(name)})
			segments := o.Segments()
			var order []string
			for n := range segments {
				order = append(order, strconv.Itoa(n^1))
			}
			if len(segments)%2 == 1 {
				order[len(order)-1] = strconv.Itoa(len(segments) - 1)
			}
			told := make(chan string, 1)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				serve(t, w, r, o, told)
			}))
			defer server.Close()
			typ := fmt.Sprintf("video/mp4; codecs=%q", o.Codecs())
			typ = strings.Replace(typ, "mp4a.40.34", "mp4a.6B", 1)
			last := segments[len(segments)-1]
			end := (last.Start + last.Duration).Seconds() + remux.Offset.Seconds()
			address := server.URL + "/?" + url.Values{
				"type": {typ}, "order": {strings.Join(order, ",")}, "seek": {fmt.Sprintf("%f,2.5,%f", end-1, last.Start.Seconds()+1)},
			}.Encode()
			profile, err := os.MkdirTemp("", "remux-browser-") // its children outlive it, so that t.TempDir will not do
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(profile)
			cmd := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--mute-audio",
				"--user-data-dir="+profile, "--remote-debugging-port=0", address)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
			select {
			case report := <-told:
				buffered(t, report, end)
			case <-time.After(60 * time.Second):
				t.Fatal("the browser says nothing")
			}
		})
	}
}

// audible leaves out sound that browsers do not play.
func audible(name string) int {
	switch name {
	case "vfr.mkv":
		return remux.None
	}
	return 1
}

func buffered(t *testing.T, report string, end float64) {
	t.Helper()
	var r struct {
		Error       string
		Unsupported bool
		Ranges      [][2]float64
		Seen        []float64
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	if r.Unsupported {
		t.Skip("this browser does not play it")
	}
	if r.Error != "" || len(r.Ranges) != 1 || r.Ranges[0][0] > 1.6 || r.Ranges[0][1] < end-0.2 || len(r.Seen) != 3 {
		t.Errorf("of a film until %f the browser says %s", end, report)
	}
}

func serve(t *testing.T, w http.ResponseWriter, r *http.Request, o *remux.Output, told chan<- string) {
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, page)
	case "/tell":
		var report json.RawMessage
		if err := json.NewDecoder(r.Body).Decode(&report); err == nil {
			told <- string(report)
		}
	case "/init":
		_, _ = w.Write(o.Init())
	default:
		n, err := strconv.Atoi(r.URL.Path[1:])
		if err != nil {
			http.NotFound(w, r)
			return
		}
		s, err := o.Segment(r.Context(), n)
		if err != nil {
			t.Error(err)
			http.NotFound(w, r)
			return
		}
		defer s.Close()
		http.ServeContent(w, r, "", time.Time{}, s)
	}
}
