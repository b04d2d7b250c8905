package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
	"github.com/guanxi-crm/guanxi/tenant/filestest"
)

func (w *world) attach(t testing.TB, who person, record, name, content string) string {
	t.Helper()
	return w.sendFile(t, who, "/v1/attachments?record_id="+record, name, content).want(t, http.StatusCreated).id(t)
}

func TestAttachments(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 3))); err != nil {
		t.Fatal(err)
	}
	up := w.sendFile(t, rep, "/v1/attachments?record_id="+customer, `C:\报价 "x".png`, picture.String()).want(t, http.StatusCreated,
		`"name":"报价 \"x\".png"`, `"content_type":"image/png"`, `"record_id":"`+customer, `"width":4,"height":3`, `"author_id":"`+rep.id)
	path := "/v1/attachments/" + up.id(t)
	if up.Header().Get("Location") != path {
		t.Errorf("location %q", up.Header().Get("Location"))
	}
	w.get(t, rep, path).want(t, http.StatusOK, `"content_type":"image/png"`)
	w.get(t, rep, "/v1/attachments?count=true&record_id="+customer).want(t, http.StatusOK, up.id(t), `"total":1`)
	w.get(t, rep, "/v1/attachments?record_id="+customer+"&filter=size%20%3E%201000000").want(t, http.StatusOK, `"data":[]`)
	w.get(t, rep, "/v1/attachments").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	w.get(t, rep, "/v1/attachments?record_id=usr_01h455vb4pex5vsknk084sn02q").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)

	saved := w.get(t, rep, path+"/content").want(t, http.StatusOK)
	wantHeaders(t, saved, map[string]string{
		"Content-Type": "image/png", "Content-Disposition": "attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7%20%22x%22.png", "Accept-Ranges": "bytes",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-cache",
	})
	if saved.Body.String() != picture.String() {
		t.Errorf("%d bytes came back as %d", picture.Len(), saved.Body.Len())
	}
	tag := saved.Header().Get("ETag")
	w.do(t, rep, http.MethodGet, path+"/content", "", "If-None-Match", tag).want(t, http.StatusNotModified)
	part := w.do(t, rep, http.MethodGet, path+"/content", "", "Range", "bytes=1-3").want(t, http.StatusPartialContent)
	if part.Body.String() != "PNG" || part.Header().Get("Content-Range") != fmt.Sprintf("bytes 1-3/%d", picture.Len()) {
		t.Errorf("part %q, %q", part.Body, part.Header().Get("Content-Range"))
	}
	w.do(t, rep, http.MethodGet, path+"/content", "", "Range", "bytes=1-3", "If-Range", `"other"`).want(t, http.StatusOK)
	w.do(t, rep, http.MethodGet, path+"/content", "", "Range", "bytes=999999-").want(t, http.StatusRequestedRangeNotSatisfiable)
	wantHeaders(t, w.get(t, rep, path+"/content?inline=true").want(t, http.StatusOK), map[string]string{"Content-Disposition": "inline; filename*=utf-8''%E6%8A%A5%E4%BB%B7%20%22x%22.png"})

	evil := w.attach(t, rep, customer, "photo.png", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
	wantHeaders(t, w.get(t, rep, "/v1/attachments/"+evil+"/content?inline=true").want(t, http.StatusOK), map[string]string{
		"Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename=photo.png`, "Content-Security-Policy": "default-src 'none'; sandbox",
	})

	interaction := w.post(t, rep, "/v1/interactions", fmt.Sprintf(`{"customer_id":%q,"kind":"call","summary":"x","attachment_ids":[%q]}`, customer,
		w.sendFile(t, rep, "/v1/attachments", "waits.txt", "x").want(t, http.StatusCreated, `!"record_id"`).id(t))).
		want(t, http.StatusCreated, `"files":[{"id":"att_`, `"name":"waits.txt"`).id(t)
	w.get(t, rep, "/v1/attachments?record_id="+interaction).want(t, http.StatusOK, "waits.txt", "!photo.png")

	w.del(t, rep, path).want(t, http.StatusNoContent)
	w.get(t, rep, path).want(t, http.StatusNotFound)
	w.get(t, rep, path+"/content").want(t, http.StatusNotFound)
	w.get(t, rep, "/v1/attachments?trash=true&record_id="+customer).want(t, http.StatusOK, up.id(t), "!"+evil)
	w.post(t, rep, path+"/restore", ``).want(t, http.StatusOK, `"deleted_at":null`)
	w.get(t, rep, path+"/content").want(t, http.StatusOK)
	w.del(t, rep, path+"?permanent=true").want(t, http.StatusNoContent)
	w.post(t, rep, path+"/restore", ``).want(t, http.StatusNotFound)
}

func wantHeaders(t testing.TB, a answer, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got := a.Header().Values(name); len(got) != 1 || got[0] != value {
			t.Errorf("%s: %s is %q, want %q", a.request, name, got, value)
		}
	}
}

func TestUploadsAreRefused(t *testing.T) {
	w := newWorld(t)
	w.config.FileLimit = 1 << 20
	w.server = api.New(w.config)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	path := "/v1/attachments?record_id=" + customer
	w.sendFile(t, person{}, path, "a", "x").want(t, http.StatusUnauthorized)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.sendFile(t, who, path, "a", "x").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	}
	key := w.post(t, rep, "/v1/api-keys", `{"name":"x","scopes":["attachment:create","customer:read"]}`).want(t, http.StatusCreated)
	var made struct{ Key string }
	key.into(t, &made)
	w.sendFile(t, person{token: made.Key}, path, "a", "x").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`) // it may not change the customer
	w.sendFile(t, rep, path, "a", strings.Repeat("x", 1<<20+1)).want(t, http.StatusRequestEntityTooLarge, `"too_large"`, "larger than 1 MB")
	w.sendFile(t, rep, path, "a", strings.Repeat("x", 1<<20)).want(t, http.StatusCreated)
	w.post(t, rep, path, `{}`).want(t, http.StatusUnsupportedMediaType)
	w.do(t, rep, http.MethodPost, path, "--x\r\nContent-Disp", "Content-Type", "multipart/form-data; boundary=x").want(t, http.StatusBadRequest, `"malformed"`)
	w.do(t, rep, http.MethodPost, path, "--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nhalf", "Content-Type", "multipart/form-data; boundary=x").
		want(t, http.StatusBadRequest, `"malformed"`)
	w.do(t, rep, http.MethodPost, path, "--x\r\nContent-Disposition: form-data; name=file\r\n\r\nx\r\n--x--\r\n", "Content-Type", "multipart/form-data; boundary=x").
		want(t, http.StatusUnprocessableEntity, `"field":"file"`)
	for _, bad := range []string{"xyz_01h455vb4pex5vsknk084sn02q", "cus_x", w.acme.rep.id} {
		w.sendFile(t, rep, "/v1/attachments?record_id="+bad, "a", "x").want(t, http.StatusUnprocessableEntity, `"field":"record_id"`)
	}
	id := w.attach(t, rep, customer, "a", "first")
	w.sendFile(t, rep, path+"&id="+id, "a", "second").want(t, http.StatusConflict, `"id_in_use"`)
	w.get(t, rep, "/v1/attachments/"+id+"/content").want(t, http.StatusOK, "first")

	first := w.sendFile(t, rep, path, "once", "x", "Idempotency-Key", "k").want(t, http.StatusCreated).id(t)
	if again := w.sendFile(t, rep, path, "once", "x", "Idempotency-Key", "k").want(t, http.StatusCreated).id(t); again != first {
		t.Errorf("sent again it became %s beside %s", again, first)
	}
	other := "/v1/attachments?record_id=" + w.customer(t, rep, `{"name":"Globex"}`)
	for _, c := range [][3]string{{other, "once", "x"}, {path, "twice", "x"}, {path, "once", "y"}} {
		w.sendFile(t, rep, c[0], c[1], c[2], "Idempotency-Key", "k").want(t, http.StatusUnprocessableEntity, `"idempotency_key_reused"`)
	}
	w.get(t, rep, "/v1/attachments?count=true&record_id="+customer).want(t, http.StatusOK, `"total":3`)

	own := path + "&id=att_01h455vb4pex5vsknk084sn02q"
	for range 2 {
		w.sendFile(t, rep, own, "mine", "x", "Idempotency-Key", "own").want(t, http.StatusCreated, "att_01h455vb4pex5vsknk084sn02q", `"size":1`)
	}
	w.sendFile(t, rep, own, "mine", "x", "Idempotency-Key", "another").want(t, http.StatusConflict, `"id_in_use"`)
	w.get(t, rep, "/v1/attachments/att_01h455vb4pex5vsknk084sn02q/content").want(t, http.StatusOK, "x")

	w.consume(t, billing.Storage, 511<<20)
	w.sendFile(t, rep, own, "mine", "x", "Idempotency-Key", "own").want(t, http.StatusCreated)
	w.sendFile(t, rep, path, "a", "12345").want(t, http.StatusPaymentRequired, `"quota_exceeded"`, `"quota":"storage_bytes"`, `"limit":536870912`, "512 MB")
	w.setPlan(t, w.acme, billing.ProPlan)
	w.sendFile(t, rep, path, "a", "12345").want(t, http.StatusCreated)

	w.config.Files = nil
	w.server = api.New(w.config)
	w.sendFile(t, rep, path, "a", "x").want(t, http.StatusConflict, `"files_not_configured"`, "GUANXI_BLOB_URL")
	w.get(t, rep, "/v1/attachments/"+id+"/content").want(t, http.StatusConflict, `"files_not_configured"`)
	w.get(t, rep, "/v1/attachments?record_id="+customer).want(t, http.StatusOK, id)
}

// consume takes n of acme's quota.
func (w *world) consume(t testing.TB, quota tenant.Quota, n int64) {
	t.Helper()
	company, err := w.Directory.Company(t.Context(), w.companyID(t, w.acme))
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	if err := w.Tx(t.Context(), company, &system, func(tx *tenant.Tx) error { return tx.Consume(t.Context(), quota, n) }); err != nil {
		t.Fatal(err)
	}
}

func TestLinkedFiles(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	path := "/v1/attachments/" + w.attach(t, rep, customer, "a.txt", "content")
	link := func(who person, body string) string {
		t.Helper()
		var made struct {
			URL       string    `json:"url"`
			ExpiresAt time.Time `json:"expires_at"`
		}
		w.post(t, who, path+"/link", body).want(t, http.StatusCreated).into(t, &made)
		address, ours := strings.CutPrefix(made.URL, "http://guanxi.test")
		if !ours || strings.Contains(address, customer) {
			t.Errorf("link %s", made.URL)
		}
		return address
	}
	token := link(rep, `{}`)
	wantHeaders(t, w.get(t, person{}, token).want(t, http.StatusOK, "content"), map[string]string{
		"Content-Disposition": "attachment; filename=a.txt", "X-Content-Type-Options": "nosniff", "Content-Type": "text/plain; charset=utf-8",
	})
	wantHeaders(t, w.get(t, person{}, token+"&inline=true").want(t, http.StatusOK), map[string]string{"Content-Disposition": "inline; filename=a.txt"})
	w.do(t, person{}, http.MethodGet, token, "", "Range", "bytes=0-2").want(t, http.StatusPartialContent, "con")
	w.post(t, rep, path+"/link", `{"expires_in":59}`).want(t, http.StatusUnprocessableEntity, `"field":"expires_in"`)
	w.post(t, rep, path+"/link", `{"expires_in":86401}`).want(t, http.StatusUnprocessableEntity, `"field":"expires_in"`)
	w.get(t, person{}, "/v1/files").want(t, http.StatusUnprocessableEntity, `"field":"token"`)
	for _, bad := range []string{"x", strings.Repeat("A", 120), token[len("/v1/files?token="):len(token)-8] + "AAAAAAAA"} {
		w.get(t, person{}, "/v1/files?token="+bad).want(t, http.StatusNotFound, `"not_found"`)
	}

	// The link is worth what its maker may read now.
	long, managers := link(rep, `{"expires_in":86400}`), link(w.acme.manager, `{"expires_in":86400}`)
	w.patch(t, w.acme.manager, "/v1/customers/"+customer, fmt.Sprintf(`{"owner_id":%q}`, w.acme.rep2.id)).want(t, http.StatusOK)
	w.get(t, person{}, long).want(t, http.StatusNotFound)
	w.get(t, person{}, managers).want(t, http.StatusOK)
	w.patch(t, w.acme.manager, "/v1/customers/"+customer, fmt.Sprintf(`{"owner_id":%q}`, rep.id)).want(t, http.StatusOK)
	w.get(t, person{}, long).want(t, http.StatusOK)
	w.Clock.Advance(15 * time.Minute)
	w.get(t, person{}, token).want(t, http.StatusNotFound)
	w.get(t, person{}, long).want(t, http.StatusOK)
	admin := w.signIn(t, w.acme.admin.email)
	w.post(t, admin, "/v1/members/"+rep.id+"/deactivate", ``).want(t, http.StatusOK)
	w.get(t, person{}, long).want(t, http.StatusNotFound)
	w.del(t, admin, path).want(t, http.StatusNoContent)
	w.get(t, person{}, managers).want(t, http.StatusNotFound)
}

// TestStoreThatFails has the bucket break down at every step of an upload and a download.
func TestStoreThatFails(t *testing.T) {
	w := newWorld(t)
	bucket := filestest.Start(t)
	store, err := files.Open(bucket.Address)
	if err != nil {
		t.Fatal(err)
	}
	w.config.Files = store
	w.server = api.New(w.config)
	rep := w.acme.rep
	customer := w.customer(t, rep, `{"name":"Acme"}`)
	id := w.attach(t, rep, customer, "a", "content")
	if keys := bucket.Keys(); len(keys) != 1 || keys[0] != "files/company/"+w.acme.id+"/"+id {
		t.Errorf("kept as %v", keys)
	}
	down := func(_ http.ResponseWriter, _ *http.Request) bool { panic(http.ErrAbortHandler) }
	bucket.Before(down)
	w.sendFile(t, rep, "/v1/attachments?record_id="+customer, "b", "x").want(t, http.StatusServiceUnavailable, `"files_unavailable"`, "!127.0.0.1")
	w.get(t, rep, "/v1/attachments/"+id+"/content").want(t, http.StatusServiceUnavailable, `"files_unavailable"`)
	bucket.Before(func(w http.ResponseWriter, _ *http.Request) bool {
		filestest.Refuse(w, http.StatusNotFound, "NoSuchKey")
		return true
	})
	w.get(t, rep, "/v1/attachments/"+id+"/content").want(t, http.StatusNotFound, `"file_missing"`)
	bucket.Before(nil)
	w.get(t, rep, "/v1/attachments/"+id+"/content").want(t, http.StatusOK, "content")
	w.get(t, rep, "/v1/attachments?count=true&record_id="+customer).want(t, http.StatusOK, `"total":1`)
}

// TestUploadOverAConnection sends much over a real connection, and goes away in the middle of it.
func TestUploadOverAConnection(t *testing.T) {
	w := newWorld(t)
	w.config.FileLimit = 100 << 20
	w.server = api.New(w.config)
	server := httptest.NewServer(w.server)
	defer server.Close()
	customer := w.customer(t, w.acme.rep, `{"name":"Acme"}`)
	megabyte := make([]byte, 1<<20)
	before, most := liveHeap(), uint64(0)
	send := func(size int, broken bool) (int, error) {
		body, pipe := io.Pipe()
		form := multipart.NewWriter(pipe)
		go func() {
			part, _ := form.CreateFormFile("file", "large.bin")
			for range size >> 20 {
				_, _ = part.Write(megabyte)
				most = max(most, liveHeap())
			}
			if broken {
				_ = pipe.CloseWithError(io.ErrClosedPipe)
				return
			}
			_ = form.Close()
			_ = pipe.Close()
		}()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/attachments?record_id="+customer, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+w.acme.rep.token)
		request.Header.Set("Content-Type", form.FormDataContentType())
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, err
		}
		return response.StatusCode, response.Body.Close()
	}
	const size = 60 << 20
	if status, err := send(size, false); status != http.StatusCreated || err != nil {
		t.Errorf("%d, %v", status, err)
	}
	if most > before+10<<20 {
		t.Errorf("%d kB of %d kB were in memory at once", (most-before)>>10, size>>10)
	}
	if _, err := send(3<<20, true); err == nil {
		t.Error("an upload that broke off was answered")
	}
	w.get(t, w.acme.rep, "/v1/attachments?count=true&record_id="+customer).want(t, http.StatusOK, `"total":1`, fmt.Sprintf(`"size":%d`, size))
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
