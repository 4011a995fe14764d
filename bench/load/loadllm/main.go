// Command loadllm loads a gateway with LLM (or plain HTTP/1.1) requests and
// reports latencies as JSON.
//
// Closed loop:   -c 200 -n 400            200 workers, 400 requests in all
//
//	-c 64 -d 10s             64 workers for 10 s
//
// Open loop:     -rate 200 -d 10s         one request every 5 ms; latency is
//
//	counted from the intended start, so a stalled
//	gateway cannot hide its queue (no coordinated
//	omission). -c caps the connections.
//
// Tenants: -tenants N sends "Authorization: Bearer <prefix><i>" with i drawn
// from a zipf distribution (-zipf s).
//
// In streams every mock chunk carries "t<unix ns> "; "chunk_delay_us" is the
// time from the mock's write to our read of that chunk, "ttft_us" the time from
// the (intended) start to the first data line.
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

var (
	base     = flag.String("url", "http://127.0.0.1:9101", "base URL of the gateway")
	api      = flag.String("api", "openai", "openai | anthropic | gemini | get")
	path     = flag.String("path", "", "path (default by -api)")
	model    = flag.String("model", "mock-20x10ms", "model name")
	doStream = flag.Bool("stream", false, "streaming")
	usage    = flag.Bool("usage", true, "stream_options.include_usage")
	conc     = flag.Int("c", 10, "workers (closed) or most connections (open)")
	rate     = flag.Float64("rate", 0, "open loop: requests a second")
	dur      = flag.Duration("d", 0, "duration")
	num      = flag.Int("n", 0, "requests in all")
	ramp     = flag.Duration("ramp", 0, "closed loop: spread the workers' first requests over this time")
	timeout  = flag.Duration("timeout", 60*time.Second, "per read")
	tenants  = flag.Int("tenants", 1, "number of tenants")
	zipfS    = flag.Float64("zipf", 1.2, "zipf exponent (>1)")
	prefix   = flag.String("key-prefix", "key-", "bearer prefix; the tenant number follows; '=' first: the whole key, as it is")
	bodySize = flag.Int("body", 0, "pad the prompt to this many bytes")
	fresh    = flag.Bool("fresh", false, "a new connection for every request")
	hdrs     hdrFlag
)

type hdrFlag []string

func (h *hdrFlag) String() string     { return strings.Join(*h, ",") }
func (h *hdrFlag) Set(s string) error { *h = append(*h, s); return nil }

type rec struct {
	mu                 sync.Mutex
	ttft, total, delay *hdrhistogram.Histogram
	n, ok              int64
	chunks, usageIn    int64
	reads              int64
	usageOut, bytes    int64
	errs               map[string]int64
	status             map[int]int64
}

func newRec() *rec {
	h := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, 600_000_000, 3) }
	return &rec{ttft: h(), total: h(), delay: h(), errs: map[string]int64{}, status: map[int]int64{}}
}

func (r *rec) merge(o *rec) {
	r.ttft.Merge(o.ttft)
	r.total.Merge(o.total)
	r.delay.Merge(o.delay)
	r.n += o.n
	r.ok += o.ok
	r.chunks += o.chunks
	r.reads += o.reads
	r.usageIn += o.usageIn
	r.usageOut += o.usageOut
	r.bytes += o.bytes
	for k, v := range o.errs {
		r.errs[k] += v
	}
	for k, v := range o.status {
		r.status[k] += v
	}
}

func q(h *hdrhistogram.Histogram) map[string]any {
	return map[string]any{"p50": h.ValueAtQuantile(50), "p90": h.ValueAtQuantile(90), "p99": h.ValueAtQuantile(99),
		"p999": h.ValueAtQuantile(99.9), "max": h.Max(), "mean": int64(h.Mean()), "n": h.TotalCount()}
}

// target is the parsed base URL.
var (
	addr   string
	useTLS bool
	host   string
	reqHd  []byte // up to the auth header
	body   []byte
	bpath  string
)

func build() {
	u, err := url.Parse(*base)
	if err != nil {
		fatal(err)
	}
	host = u.Host
	useTLS = u.Scheme == "https"
	addr = u.Host
	if u.Port() == "" {
		if useTLS {
			addr += ":443"
		} else {
			addr += ":80"
		}
	}
	p := *path
	method := "POST"
	msg := "Say hello."
	if *bodySize > len(msg) {
		msg += strings.Repeat(" lorem", (*bodySize-len(msg))/6)
	}
	switch *api {
	case "get":
		method = "GET"
		if p == "" {
			p = "/"
		}
	case "openai":
		if p == "" {
			p = "/v1/chat/completions"
		}
		m := map[string]any{"model": *model, "messages": []any{map[string]any{"role": "user", "content": msg}}}
		if *doStream {
			m["stream"] = true
			if *usage {
				m["stream_options"] = map[string]any{"include_usage": true}
			}
		}
		body, _ = json.Marshal(m)
	case "anthropic":
		if p == "" {
			p = "/v1/messages"
		}
		m := map[string]any{"model": *model, "max_tokens": 1024, "messages": []any{map[string]any{"role": "user", "content": msg}}}
		if *doStream {
			m["stream"] = true
		}
		body, _ = json.Marshal(m)
	case "gemini":
		if p == "" {
			p = "/v1beta/models/" + *model + ":generateContent"
			if *doStream {
				p = "/v1beta/models/" + *model + ":streamGenerateContent?alt=sse"
			}
		}
		body, _ = json.Marshal(map[string]any{"contents": []any{map[string]any{"role": "user", "parts": []any{map[string]any{"text": msg}}}}})
	default:
		fatal(fmt.Errorf("api %q", *api))
	}
	bpath = strings.TrimSuffix(u.Path, "/") + p
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: loadllm\r\n", method, bpath, host)
	if method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	if *doStream {
		b.WriteString("Accept: text/event-stream\r\n")
	} else {
		b.WriteString("Accept: */*\r\n")
	}
	if *api == "anthropic" {
		b.WriteString("anthropic-version: 2023-06-01\r\n")
	}
	for _, h := range hdrs {
		b.WriteString(h + "\r\n")
	}
	if *fresh {
		b.WriteString("Connection: close\r\n")
	}
	reqHd = b.Bytes()
}

type client struct {
	c     net.Conn
	buf   []byte
	r, w  int
	out   []byte
	used  int
	dead  bool
	reads int64
}

func dial() (*client, error) {
	c, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	if useTLS {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}, ClientSessionCache: nil})
	}
	return &client{c: c, buf: make([]byte, 8192)}, nil
}

func (c *client) fill() error {
	if c.r == c.w {
		c.r, c.w = 0, 0
	} else if c.w == len(c.buf) {
		if c.r > 0 {
			copy(c.buf, c.buf[c.r:c.w])
			c.w -= c.r
			c.r = 0
		} else {
			n := make([]byte, 2*len(c.buf))
			copy(n, c.buf[:c.w])
			c.buf = n
		}
	}
	n, err := c.c.Read(c.buf[c.w:])
	c.reads++
	c.w += n
	if n > 0 {
		return nil
	}
	return err
}

var errTrunc = errors.New("truncated")

// sink sees body bytes as they arrive.
type sink interface{ data(p []byte) }

func (c *client) body(cl int64, s sink) error {
	if cl >= 0 {
		for cl > 0 {
			if c.r == c.w {
				if err := c.fill(); err != nil {
					return err
				}
			}
			n := min(int64(c.w-c.r), cl)
			s.data(c.buf[c.r : c.r+int(n)])
			c.r += int(n)
			cl -= n
		}
		return nil
	}
	for {
		i := -1
		for {
			if i = bytes.IndexByte(c.buf[c.r:c.w], '\n'); i >= 0 {
				break
			}
			if err := c.fill(); err != nil {
				return err
			}
		}
		n := int64(0)
		for _, b := range c.buf[c.r : c.r+i] {
			switch {
			case b >= '0' && b <= '9':
				n = n<<4 | int64(b-'0')
			case b|0x20 >= 'a' && b|0x20 <= 'f':
				n = n<<4 | int64(b|0x20-'a'+10)
			}
			if b == ';' || b == '\r' {
				break
			}
		}
		c.r += i + 1
		if n == 0 {
			for {
				i := bytes.IndexByte(c.buf[c.r:c.w], '\n')
				if i < 0 {
					if err := c.fill(); err != nil {
						return err
					}
					continue
				}
				empty := i == 0 || (i == 1 && c.buf[c.r] == '\r')
				c.r += i + 1
				if empty {
					return nil
				}
			}
		}
		if err := c.body(n, s); err != nil {
			return err
		}
		for c.w-c.r < 2 {
			if err := c.fill(); err != nil {
				return err
			}
		}
		c.r += 2
	}
}

type counter struct {
	r     *rec
	start time.Time
	first bool
	sse   bool
	line  []byte
	tail  []byte
	done  bool
	bad   bool
}

func (k *counter) data(p []byte) {
	if !k.first && len(p) > 0 {
		k.first = true
		k.r.ttft.RecordValue(max(1, time.Since(k.start).Microseconds()))
	}
	k.r.bytes += int64(len(p))
	if !k.sse {
		k.tail = append(k.tail, p...)
		if len(k.tail) > 1<<20 {
			k.tail = k.tail[:0]
		}
		return
	}
	now := int64(0)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			k.line = append(k.line, p...)
			return
		}
		l := p[:i]
		if len(k.line) > 0 {
			k.line = append(k.line, l...)
			l = k.line
		}
		p = p[i+1:]
		if bytes.HasPrefix(l, []byte("data:")) {
			if now == 0 {
				now = time.Now().UnixNano()
			}
			k.event(l[5:], now)
		}
		k.line = k.line[:0]
	}
}

var stampMark = []byte(`"t1`)

func (k *counter) event(d []byte, now int64) {
	if i := bytes.Index(d, stampMark); i >= 0 && len(d) > i+21 {
		var v int64
		for _, b := range d[i+2 : i+21] {
			if b < '0' || b > '9' {
				v = 0
				break
			}
			v = v*10 + int64(b-'0')
		}
		if v > 0 {
			k.r.chunks++
			k.r.delay.RecordValue(max(1, (now-v)/1000))
			if *api != "gemini" {
				return
			}
		}
	}
	if bytes.Contains(d, []byte("[DONE]")) || bytes.Contains(d, []byte(`"message_stop"`)) || bytes.Contains(d, []byte(`"finishReason"`)) {
		k.done = true
	}
	if bytes.Contains(d, []byte(`"error"`)) {
		k.bad = true
	}
	k.tokens(d)
}

func num1(d []byte, key string) (int64, bool) {
	i := bytes.Index(d, []byte(key))
	if i < 0 {
		return 0, false
	}
	i += len(key)
	for i < len(d) && (d[i] == ' ' || d[i] == ':') {
		i++
	}
	n, ok := int64(0), false
	for ; i < len(d) && d[i] >= '0' && d[i] <= '9'; i++ {
		n, ok = n*10+int64(d[i]-'0'), true
	}
	return n, ok
}

var usageKeys = map[string][2]string{"openai": {`"prompt_tokens"`, `"completion_tokens"`}, "anthropic": {`"input_tokens"`, `"output_tokens"`},
	"gemini": {`"promptTokenCount"`, `"candidatesTokenCount"`}}

func (k *counter) tokens(d []byte) {
	u, has := usageKeys[*api]
	if !has {
		return
	}
	if *api == "gemini" && k.sse && !k.done {
		return
	}
	if n, ok := num1(d, u[0]); ok {
		k.r.usageIn += n
	}
	if n, ok := num1(d, u[1]); ok {
		if *api == "anthropic" && bytes.Contains(d, []byte(`message_start`)) {
			return
		}
		k.r.usageOut += n
	}
}

func errKind(err error) string {
	var ne net.Error
	switch {
	case errors.As(err, &ne) && ne.Timeout():
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "eof"
	case strings.Contains(err.Error(), "reset"):
		return "reset"
	case strings.Contains(err.Error(), "refused"):
		return "refused"
	case strings.Contains(err.Error(), "broken pipe"):
		return "reset"
	}
	return err.Error()
}

// do sends one request; start is when it should have been sent.
func (c *client) do(r *rec, start time.Time, tenant int) error {
	c.out = append(c.out[:0], reqHd...)
	if *prefix != "" {
		c.out = append(c.out, "Authorization: Bearer "...)
		if (*prefix)[0] == '=' {
			c.out = append(c.out, (*prefix)[1:]...)
		} else {
			c.out = append(c.out, *prefix...)
			c.out = strconv.AppendInt(c.out, int64(tenant), 10)
		}
		c.out = append(c.out, "\r\n"...)
	}
	c.out = append(c.out, "\r\n"...)
	c.out = append(c.out, body...)
	c.c.SetDeadline(time.Now().Add(*timeout))
	if _, err := c.c.Write(c.out); err != nil {
		return err
	}
	var he int
	for {
		if he = bytes.Index(c.buf[c.r:c.w], []byte("\r\n\r\n")); he >= 0 {
			break
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
	h := c.buf[c.r : c.r+he+2]
	c.r += he + 4
	status := 0
	if len(h) > 12 {
		status, _ = strconv.Atoi(string(h[9:12]))
	}
	r.status[status]++
	cl := int64(-2)
	closing := *fresh
	isSSE := false
	for p := h[bytes.IndexByte(h, '\n')+1:]; len(p) > 0; {
		e := bytes.IndexByte(p, '\n')
		if e < 0 {
			break
		}
		k, v, _ := bytes.Cut(bytes.TrimSpace(p[:e]), []byte(":"))
		p = p[e+1:]
		v = bytes.TrimSpace(v)
		switch strings.ToLower(string(k)) {
		case "content-length":
			cl, _ = strconv.ParseInt(string(v), 10, 64)
		case "transfer-encoding":
			cl = -1
		case "connection":
			closing = closing || strings.EqualFold(string(v), "close")
		case "content-type":
			isSSE = bytes.HasPrefix(v, []byte("text/event-stream"))
		}
	}
	k := &counter{r: r, start: start, sse: isSSE}
	before := c.reads
	if c.w > c.r {
		before--
	}
	var err error
	if cl == -2 {
		for {
			k.data(c.buf[c.r:c.w])
			c.r = c.w
			if err = c.fill(); err != nil {
				break
			}
		}
		closing = true
		if err == io.EOF {
			err = nil
		}
	} else {
		err = c.body(cl, k)
	}
	if err != nil {
		if err == io.EOF {
			err = errTrunc
		}
		return err
	}
	if !isSSE {
		k.tokens(k.tail)
	}
	r.reads += c.reads - before
	r.total.RecordValue(max(1, time.Since(start).Microseconds()))
	c.dead = closing
	switch {
	case status != 200:
		r.errs["status_"+strconv.Itoa(status)]++
	case *doStream && !isSSE:
		r.errs["not_sse"]++
	case *doStream && k.bad:
		r.errs["error_event"]++
	case *doStream && !k.done:
		r.errs["no_done"]++
	default:
		r.ok++
	}
	return nil
}

func fatal(err error) { fmt.Fprintln(os.Stderr, err); os.Exit(1) }

var inflight, maxInflight atomic.Int64

func attempt(c *client, r *rec, start time.Time, tenant int) *client {
	if n := inflight.Add(1); n > maxInflight.Load() {
		maxInflight.Store(n)
	}
	defer inflight.Add(-1)
	r.n++
	for try := 0; ; try++ {
		if c == nil {
			var err error
			if c, err = dial(); err != nil {
				r.errs["dial_"+errKind(err)]++
				time.Sleep(10 * time.Millisecond)
				return nil
			}
		}
		reused := c.used > 0
		c.used++
		before := r.chunks
		err := c.do(r, start, tenant)
		if err == nil {
			if c.dead {
				c.c.Close()
				return nil
			}
			return c
		}
		c.c.Close()
		c = nil
		// a kept-alive connection that the server closed meanwhile: once more, as every HTTP client does
		if k := errKind(err); reused && try == 0 && (k == "eof" || k == "reset") && r.chunks == before {
			continue
		}
		r.errs[errKind(err)]++
		return nil
	}
}

func main() {
	flag.Var(&hdrs, "H", "extra header 'Name: value' (repeat)")
	flag.Parse()
	build()
	if *dur == 0 && *num == 0 {
		*num = *conc
	}
	total := newRec()
	start := time.Now()
	var end time.Time
	if *dur > 0 {
		end = start.Add(*dur)
	}
	var wg sync.WaitGroup
	if *rate > 0 {
		openLoop(total, start, end)
	} else {
		var left atomic.Int64
		if *num > 0 {
			left.Store(int64(*num))
		} else {
			left.Store(1 << 60)
		}
		for w := 0; w < *conc; w++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if *ramp > 0 {
					time.Sleep(*ramp * time.Duration(w) / time.Duration(*conc))
				}
				r := newRec()
				rng := rand.New(rand.NewSource(int64(w + 1)))
				var z *rand.Zipf
				if *tenants > 1 {
					z = rand.NewZipf(rng, *zipfS, 1, uint64(*tenants-1))
				}
				var c *client
				for left.Add(-1) >= 0 && (end.IsZero() || time.Now().Before(end)) {
					t := 0
					if z != nil {
						t = int(z.Uint64())
					}
					c = attempt(c, r, time.Now(), t)
				}
				if c != nil {
					c.c.Close()
				}
				total.mu.Lock()
				total.merge(r)
				total.mu.Unlock()
			}()
		}
		wg.Wait()
	}
	el := time.Since(start).Seconds()
	out := map[string]any{"requests": total.n, "ok": total.ok, "errors": total.errs, "status": total.status, "seconds": el,
		"rps": float64(total.ok) / el, "ttft_us": q(total.ttft), "total_us": q(total.total), "chunk_delay_us": q(total.delay),
		"chunks": total.chunks, "reads": total.reads, "usage_in": total.usageIn, "usage_out": total.usageOut, "bytes": total.bytes, "max_inflight": maxInflight.Load()}
	b, _ := json.Marshal(out)
	fmt.Println(string(b))
}

func openLoop(total *rec, start, end time.Time) {
	if *dur == 0 {
		end = start.Add(time.Duration(float64(*num) / *rate * float64(time.Second)))
	}
	type job struct {
		at     time.Time
		tenant int
	}
	jobs := make(chan job, 1<<20)
	var wg sync.WaitGroup
	var workers, idle atomic.Int64
	spawn := func() {
		wg.Add(1)
		workers.Add(1)
		go func() {
			defer wg.Done()
			r := newRec()
			var c *client
			for {
				idle.Add(1)
				j, ok := <-jobs
				idle.Add(-1)
				if !ok {
					break
				}
				c = attempt(c, r, j.at, j.tenant)
			}
			if c != nil {
				c.c.Close()
			}
			total.mu.Lock()
			total.merge(r)
			total.mu.Unlock()
		}()
	}
	rng := rand.New(rand.NewSource(1))
	var z *rand.Zipf
	if *tenants > 1 {
		z = rand.NewZipf(rng, *zipfS, 1, uint64(*tenants-1))
	}
	// Go's timers are rounded up to a millisecond by the poller; nanosleep is not
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	gap := time.Duration(float64(time.Second) / *rate)
	for i := 0; ; i++ {
		at := start.Add(time.Duration(i) * gap)
		if !at.Before(end) {
			break
		}
		if d := time.Until(at) - 50*time.Microsecond; d > 0 {
			ts := syscall.NsecToTimespec(int64(d))
			syscall.Nanosleep(&ts, nil)
		}
		if int64(len(jobs)) >= idle.Load() && workers.Load() < int64(*conc) {
			spawn()
		}
		t := 0
		if z != nil {
			t = int(z.Uint64())
		}
		jobs <- job{at, t}
	}
	close(jobs)
	wg.Wait()
}
