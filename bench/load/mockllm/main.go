// Command mockllm is a very cheap mock upstream for gateway benchmarks.
//
//	h1 port (-h1):   hand-written HTTP/1.1 server, one goroutine per connection
//	h2 port (-h2c):  net/http with cleartext HTTP/2 (prior knowledge) and h1
//
//	GET  /                      1 KiB body
//	POST /echo                  returns the request body
//	POST /upload                reads and drops the body, returns its length
//	GET  /bytes?n=N             N bytes
//	GET  /v1/models             model list
//	POST /v1/chat/completions   OpenAI chat, JSON or SSE
//	POST /v1/embeddings         OpenAI embeddings
//	POST /v1/messages           Anthropic messages, JSON or SSE
//	POST /v1beta/models/M:generateContent | :streamGenerateContent   Gemini
//	GET  /__stats[?reset=1]     counters (requests, tokens served, open streams)
//	GET  /__health
//
// Behaviour is chosen per request by dash-separated tokens in the model name
// (a gateway may strip headers, it keeps the model) or in the X-Mock header:
//
//	100x20ms   100 chunks, one every 20 ms (us works too; 0ms = as fast as possible)
//	ttft200    200 ms before the first byte
//	s429 s500  answer this status      ra5     Retry-After: 5
//	hang       never answer            hang10  stall after chunk 10
//	rst        reset before any byte   rst10   reset after chunk 10
//	p25        faults hit 25 % of requests (deterministic, by counter)
//	pt50 ct20  prompt / completion tokens in usage (ct: non-streaming only)
//	sz64       pad every chunk to at least 64 bytes of text
//	nousage    leave usage out
//
// Every streamed text chunk carries "t<unix nanoseconds> " as its text, so a client
// on the same machine sees how late each chunk arrived.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

type stats struct {
	Requests, Chat, Messages, Gemini, Embeddings atomic.Int64
	Streams, OpenStreams, MaxOpenStreams         atomic.Int64
	CompletedStreams, AbortedStreams             atomic.Int64
	PromptTokens, CompletionTokens, Chunks       atomic.Int64
	Faults, BytesIn, Conns, OpenConns            atomic.Int64
}

var st stats

func (s *stats) json() []byte {
	m := map[string]int64{
		"requests": s.Requests.Load(), "chat": s.Chat.Load(), "messages": s.Messages.Load(),
		"gemini": s.Gemini.Load(), "embeddings": s.Embeddings.Load(),
		"streams": s.Streams.Load(), "open_streams": s.OpenStreams.Load(), "max_open_streams": s.MaxOpenStreams.Load(),
		"completed_streams": s.CompletedStreams.Load(), "aborted_streams": s.AbortedStreams.Load(),
		"prompt_tokens": s.PromptTokens.Load(), "completion_tokens": s.CompletionTokens.Load(), "chunks": s.Chunks.Load(),
		"faults": s.Faults.Load(), "bytes_in": s.BytesIn.Load(), "conns": s.Conns.Load(), "open_conns": s.OpenConns.Load(),
	}
	b, _ := json.Marshal(m)
	return append(b, '\n')
}

func (s *stats) reset() {
	for _, p := range []*atomic.Int64{&s.Requests, &s.Chat, &s.Messages, &s.Gemini, &s.Embeddings, &s.Streams, &s.MaxOpenStreams,
		&s.CompletedStreams, &s.AbortedStreams, &s.PromptTokens, &s.CompletionTokens, &s.Chunks, &s.Faults, &s.BytesIn, &s.Conns} {
		p.Store(0)
	}
}

// spec is what the model name asks for.
type spec struct {
	chunks   int
	interval time.Duration
	ttft     time.Duration
	status   int
	retry    int
	hang     int // -1 off, 0 before the answer, n after chunk n
	rst      int
	pct      int
	pt, ct   int
	size     int
	nousage  bool
}

var faultCounter atomic.Int64

func parseSpec(name string) spec {
	sp := spec{chunks: 20, hang: -1, rst: -1, pct: 100, pt: 10, ct: 20}
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	for name != "" {
		var t string
		if i := strings.IndexByte(name, '-'); i >= 0 {
			t, name = name[:i], name[i+1:]
		} else {
			t, name = name, ""
		}
		if t == "" {
			continue
		}
		if t[0] >= '0' && t[0] <= '9' {
			if n, d, ok := strings.Cut(t, "x"); ok {
				if v, err := strconv.Atoi(n); err == nil {
					if iv, err := time.ParseDuration(d); err == nil {
						sp.chunks, sp.interval, sp.ct = v, iv, v
					}
				}
			}
			continue
		}
		num := func(prefix string) (int, bool) {
			if !strings.HasPrefix(t, prefix) {
				return 0, false
			}
			if t == prefix {
				return 0, true
			}
			v, err := strconv.Atoi(t[len(prefix):])
			return v, err == nil
		}
		if t == "nousage" {
			sp.nousage = true
		} else if v, ok := num("ttft"); ok {
			sp.ttft = time.Duration(v) * time.Millisecond
		} else if v, ok := num("hang"); ok {
			sp.hang = v
		} else if v, ok := num("rst"); ok {
			sp.rst = v
		} else if v, ok := num("ra"); ok {
			sp.retry = v
		} else if v, ok := num("sz"); ok {
			sp.size = v
		} else if v, ok := num("pt"); ok {
			sp.pt = v
		} else if v, ok := num("ct"); ok {
			sp.ct = v
		} else if v, ok := num("p"); ok {
			sp.pct = v
		} else if v, ok := num("s"); ok && v >= 400 {
			sp.status = v
		}
	}
	if sp.pct < 100 && (sp.status != 0 || sp.hang >= 0 || sp.rst >= 0) {
		n := faultCounter.Add(1)
		if n*int64(sp.pct)/100 == (n-1)*int64(sp.pct)/100 { // not this one
			sp.status, sp.hang, sp.rst = 0, -1, -1
		}
	}
	return sp
}

// jsonField finds "key" at any depth and returns the raw start of its value.
func jsonField(b []byte, key string) []byte {
	k := `"` + key + `"`
	for off := 0; ; {
		i := bytes.Index(b[off:], []byte(k))
		if i < 0 {
			return nil
		}
		i += off
		off = i + len(k)
		if i > 0 && b[i-1] == '\\' {
			continue
		}
		j := off
		for j < len(b) && (b[j] == ' ' || b[j] == '\n' || b[j] == '\t') {
			j++
		}
		if j >= len(b) || b[j] != ':' {
			continue
		}
		j++
		for j < len(b) && (b[j] == ' ' || b[j] == '\n' || b[j] == '\t') {
			j++
		}
		return b[j:]
	}
}

func jsonTrue(b []byte, key string) bool { return bytes.HasPrefix(jsonField(b, key), []byte("true")) }

func jsonStr(b []byte, key string) string {
	v := jsonField(b, key)
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	if e := bytes.IndexByte(v[1:], '"'); e >= 0 {
		return string(v[1 : 1+e])
	}
	return ""
}

// out is the response side, implemented by the raw h1 server and by net/http.
type out interface {
	full(status int, ctype, extra string, body []byte) error
	begin(status int, ctype, extra string) error // chunked / streamed body
	chunk(p []byte) error                        // written and flushed
	end() error
	reset()
	gone() <-chan struct{} // may be nil
}

var kib = bytes.Repeat([]byte("0123456789abcde\n"), 64)
var zeros = bytes.Repeat([]byte("x"), 256<<10)

const (
	cj  = "application/json"
	sse = "text/event-stream"
)

// handle serves everything but /echo, /upload, which the servers do themselves.
func handle(o out, method, path, query, xmock string, body []byte) error {
	switch {
	case path == "/" || path == "" || strings.HasPrefix(path, "/path-"):
		st.Requests.Add(1)
		return o.full(200, "text/plain", "", kib)
	case path == "/__health":
		return o.full(200, "text/plain", "", []byte("ok\n"))
	case path == "/__stats":
		b := st.json()
		if strings.Contains(query, "reset=1") {
			st.reset()
		}
		return o.full(200, cj, "", b)
	case path == "/bytes":
		st.Requests.Add(1)
		n := int64(1 << 20)
		if i := strings.Index(query, "n="); i >= 0 {
			v := query[i+2:]
			if j := strings.IndexByte(v, '&'); j >= 0 {
				v = v[:j]
			}
			if x, err := strconv.ParseInt(v, 10, 64); err == nil {
				n = x
			}
		}
		if err := o.begin(200, "application/octet-stream", ""); err != nil {
			return err
		}
		for n > 0 {
			k := int64(len(zeros))
			if n < k {
				k = n
			}
			if err := o.chunk(zeros[:k]); err != nil {
				return err
			}
			n -= k
		}
		return o.end()
	case strings.HasSuffix(path, "/models") && method == "GET":
		st.Requests.Add(1)
		return o.full(200, cj, "", []byte(`{"object":"list","data":[{"id":"mock","object":"model","created":1700000000,"owned_by":"mock"}]}`))
	case strings.HasSuffix(path, "/chat/completions"):
		st.Requests.Add(1)
		st.Chat.Add(1)
		return chat(o, body, xmock)
	case strings.HasSuffix(path, "/embeddings"):
		st.Requests.Add(1)
		st.Embeddings.Add(1)
		st.PromptTokens.Add(8)
		return o.full(200, cj, "", []byte(`{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8]}],"model":"mock","usage":{"prompt_tokens":8,"total_tokens":8}}`))
	case strings.HasSuffix(path, "/messages"):
		st.Requests.Add(1)
		st.Messages.Add(1)
		return messages(o, body, xmock)
	case strings.Contains(path, ":generateContent"), strings.Contains(path, ":streamGenerateContent"):
		st.Requests.Add(1)
		st.Gemini.Add(1)
		return gemini(o, path, query, xmock)
	}
	st.Requests.Add(1)
	return o.full(404, "text/plain", "", []byte("not found\n"))
}

// pre applies ttft and whole-response faults; done means the answer was given.
func pre(o out, sp spec, errBody func(int) string) (done bool, err error) {
	if sp.ttft > 0 {
		time.Sleep(sp.ttft)
	}
	if sp.hang == 0 {
		st.Faults.Add(1)
		hang(o)
		return true, io.ErrClosedPipe
	}
	if sp.rst == 0 {
		st.Faults.Add(1)
		o.reset()
		return true, io.ErrClosedPipe
	}
	if sp.status != 0 {
		st.Faults.Add(1)
		extra := ""
		if sp.retry > 0 {
			extra = "Retry-After: " + strconv.Itoa(sp.retry) + "\r\n"
		}
		return true, o.full(sp.status, cj, extra, []byte(errBody(sp.status)))
	}
	return false, nil
}

func hang(o out) {
	t := time.NewTimer(5 * time.Minute)
	defer t.Stop()
	select {
	case <-o.gone():
	case <-t.C:
	}
}

// stream paces n chunks; mk appends chunk i's event to buf.
func stream(o out, sp spec, head string, mk func(buf []byte, i int) []byte, tail string) error {
	st.Streams.Add(1)
	if n := st.OpenStreams.Add(1); n > st.MaxOpenStreams.Load() {
		st.MaxOpenStreams.Store(n)
	}
	ok := false
	defer func() {
		st.OpenStreams.Add(-1)
		if ok {
			st.CompletedStreams.Add(1)
		} else {
			st.AbortedStreams.Add(1)
		}
	}()
	if err := o.begin(200, sse, "Cache-Control: no-cache\r\n"); err != nil {
		return err
	}
	buf := make([]byte, 0, 512)
	buf = append(buf, head...)
	start := time.Now()
	for i := 0; i < sp.chunks; i++ {
		if sp.interval > 0 && i > 0 {
			if d := time.Until(start.Add(time.Duration(i) * sp.interval)); d > 0 {
				time.Sleep(d)
			}
		}
		if sp.rst > 0 && i == sp.rst {
			st.Faults.Add(1)
			o.reset()
			return io.ErrClosedPipe
		}
		if sp.hang > 0 && i == sp.hang {
			st.Faults.Add(1)
			hang(o)
			return io.ErrClosedPipe
		}
		buf = mk(buf, i)
		if err := o.chunk(buf); err != nil {
			return err
		}
		st.Chunks.Add(1)
		st.CompletionTokens.Add(1)
		buf = buf[:0]
	}
	st.PromptTokens.Add(int64(sp.pt))
	buf = append(buf, tail...)
	if err := o.chunk(buf); err != nil {
		return err
	}
	if err := o.end(); err != nil {
		return err
	}
	ok = true
	return nil
}

func text(buf []byte, sp spec) []byte {
	n := len(buf)
	buf = append(buf, 't')
	buf = strconv.AppendInt(buf, time.Now().UnixNano(), 10)
	buf = append(buf, ' ')
	for len(buf)-n < sp.size {
		buf = append(buf, 'x')
	}
	return buf
}

var idc atomic.Int64

func chat(o out, body []byte, xmock string) error {
	model := jsonStr(body, "model")
	sp := parseSpec(pick(xmock, model))
	if done, err := pre(o, sp, func(s int) string {
		return fmt.Sprintf(`{"error":{"message":"mock status %d","type":"mock_error","param":null,"code":"mock_%d"}}`, s, s)
	}); done {
		return err
	}
	id := "chatcmpl-mock" + strconv.FormatInt(idc.Add(1), 10)
	usage := func(ct int) string {
		return fmt.Sprintf(`"usage":{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}`, sp.pt, ct, sp.pt+ct)
	}
	if !jsonTrue(body, "stream") {
		st.PromptTokens.Add(int64(sp.pt))
		st.CompletionTokens.Add(int64(sp.ct))
		u := ""
		if !sp.nousage {
			u = "," + usage(sp.ct)
		}
		return o.full(200, cj, "", []byte(`{"id":"`+id+`","object":"chat.completion","created":1763848800,"model":"`+model+`","system_fingerprint":"fp_mock","choices":[{"index":0,"message":{"role":"assistant","content":"Hello! This is a fixed mock answer that is long enough to look like a short real one. Have a nice day.","refusal":null},"logprobs":null,"finish_reason":"stop"}]`+u+`,"service_tier":"default"}`))
	}
	pfx := `data: {"id":"` + id + `","object":"chat.completion.chunk","created":1763848800,"model":"` + model + `","choices":[{"index":0,"delta":{`
	tail := pfx + `},"finish_reason":"stop"}]}` + "\n\n"
	if jsonTrue(body, "include_usage") && !sp.nousage {
		tail += `data: {"id":"` + id + `","object":"chat.completion.chunk","created":1763848800,"model":"` + model + `","choices":[],` + usage(sp.chunks) + "}\n\n"
	}
	tail += "data: [DONE]\n\n"
	return stream(o, sp, pfx+`"role":"assistant","content":""},"finish_reason":null}]}`+"\n\n", func(b []byte, i int) []byte {
		b = append(b, pfx...)
		b = append(b, `"content":"`...)
		b = text(b, sp)
		return append(b, "\"},\"finish_reason\":null}]}\n\n"...)
	}, tail)
}

func messages(o out, body []byte, xmock string) error {
	model := jsonStr(body, "model")
	sp := parseSpec(pick(xmock, model))
	if done, err := pre(o, sp, func(s int) string {
		t := "api_error"
		if s == 429 {
			t = "rate_limit_error"
		} else if s == 529 || s == 503 {
			t = "overloaded_error"
		}
		return fmt.Sprintf(`{"type":"error","error":{"type":"%s","message":"mock status %d"}}`, t, s)
	}); done {
		return err
	}
	id := "msg_mock" + strconv.FormatInt(idc.Add(1), 10)
	if !jsonTrue(body, "stream") {
		st.PromptTokens.Add(int64(sp.pt))
		st.CompletionTokens.Add(int64(sp.ct))
		return o.full(200, cj, "", []byte(fmt.Sprintf(`{"id":"%s","type":"message","role":"assistant","model":"%s","content":[{"type":"text","text":"Hello! This is a fixed mock answer that is long enough to look like a short real one."}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":%d,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":%d}}`, id, model, sp.pt, sp.ct)))
	}
	head := fmt.Sprintf("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"%s\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"%s\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":%d,\"output_tokens\":1}}}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n", id, model, sp.pt)
	tail := fmt.Sprintf("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":%d}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", sp.chunks)
	return stream(o, sp, head, func(b []byte, i int) []byte {
		b = append(b, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""...)
		b = text(b, sp)
		return append(b, "\"}}\n\n"...)
	}, tail)
}

func gemini(o out, path, query, xmock string) error {
	i := strings.LastIndex(path, "/models/")
	model := "mock"
	if i >= 0 {
		model, _, _ = strings.Cut(path[i+8:], ":")
	}
	sp := parseSpec(pick(xmock, model))
	if done, err := pre(o, sp, func(s int) string {
		return fmt.Sprintf(`{"error":{"code":%d,"message":"mock status %d","status":"RESOURCE_EXHAUSTED"}}`, s, s)
	}); done {
		return err
	}
	um := func(ct int) string {
		return fmt.Sprintf(`"usageMetadata":{"promptTokenCount":%d,"candidatesTokenCount":%d,"totalTokenCount":%d}`, sp.pt, ct, sp.pt+ct)
	}
	if !strings.Contains(path, ":streamGenerateContent") {
		st.PromptTokens.Add(int64(sp.pt))
		st.CompletionTokens.Add(int64(sp.ct))
		return o.full(200, cj, "", []byte(`{"candidates":[{"content":{"parts":[{"text":"Hello! This is a fixed mock answer that is long enough to look like a short real one."}],"role":"model"},"finishReason":"STOP","index":0}],`+um(sp.ct)+`,"modelVersion":"`+model+`"}`))
	}
	evs := strings.Contains(query, "alt=sse")
	pre, post := "data: ", "\n\n"
	if !evs {
		pre, post = "", ""
	}
	head, tail := "", ""
	if !evs {
		head, tail = "[", "]"
	}
	return stream(o, sp, head, func(b []byte, i int) []byte {
		if !evs && i > 0 {
			b = append(b, ",\n"...)
		}
		b = append(b, pre...)
		b = append(b, `{"candidates":[{"content":{"parts":[{"text":"`...)
		b = text(b, sp)
		b = append(b, `"}],"role":"model"},`...)
		if i == sp.chunks-1 {
			b = append(b, `"finishReason":"STOP",`...)
		}
		b = append(b, `"index":0}],`...)
		b = append(b, um(i+1)...)
		b = append(b, `,"modelVersion":"`...)
		b = append(b, model...)
		b = append(b, `"}`...)
		return append(b, post...)
	}, tail)
}

func pick(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// --- net/http side (h2c, and h1 for comparison) ---

type nhOut struct {
	w http.ResponseWriter
	r *http.Request
	f http.Flusher
}

func (o *nhOut) hdr(ctype, extra string) {
	o.w.Header().Set("Content-Type", ctype)
	for _, l := range strings.Split(extra, "\r\n") {
		if k, v, ok := strings.Cut(l, ": "); ok {
			o.w.Header().Set(k, v)
		}
	}
}
func (o *nhOut) full(status int, ctype, extra string, body []byte) error {
	o.hdr(ctype, extra)
	o.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	o.w.WriteHeader(status)
	_, err := o.w.Write(body)
	return err
}
func (o *nhOut) begin(status int, ctype, extra string) error {
	o.hdr(ctype, extra)
	o.w.WriteHeader(status)
	o.f = o.w.(http.Flusher)
	return nil
}
func (o *nhOut) chunk(p []byte) error {
	if _, err := o.w.Write(p); err != nil {
		return err
	}
	o.f.Flush()
	return o.r.Context().Err()
}
func (o *nhOut) end() error            { return nil }
func (o *nhOut) reset()                { panic(http.ErrAbortHandler) }
func (o *nhOut) gone() <-chan struct{} { return o.r.Context().Done() }

func serveH2(addr string) {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	s := &http.Server{Addr: addr, Protocols: p, HTTP2: &http.HTTP2Config{MaxConcurrentStreams: 2000},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			o := &nhOut{w: w, r: r}
			switch r.URL.Path {
			case "/echo":
				st.Requests.Add(1)
				w.Header().Set("Content-Type", "application/octet-stream")
				if r.ContentLength >= 0 {
					w.Header().Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
				}
				io.Copy(w, r.Body)
				return
			case "/upload":
				st.Requests.Add(1)
				n, _ := io.Copy(io.Discard, r.Body)
				st.BytesIn.Add(n)
				o.full(200, cj, "", []byte(fmt.Sprintf(`{"bytes":%d}`, n)))
				return
			}
			var b []byte
			if r.Method == "POST" {
				b, _ = io.ReadAll(r.Body)
			}
			handle(o, r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Get("X-Mock"), b)
		})}
	log.Fatal(s.ListenAndServe())
}

func main() {
	h1 := flag.String("h1", "127.0.0.1:9101", "HTTP/1.1 address")
	h2 := flag.String("h2c", "127.0.0.1:9102", "h2c address (empty: off)")
	flag.Parse()
	if *h2 != "" {
		go serveH2(*h2)
	}
	l, err := net.Listen("tcp", *h1)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("mockllm h1 %s h2c %s", *h1, *h2)
	for {
		c, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serveConn(c.(*net.TCPConn))
	}
}
