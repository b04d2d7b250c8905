package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/tenant/filestest"
)

// uploadCut kills the server when the bytes of a file have arrived in the bucket and nothing else knows of them. Nobody
// sees such a file, it takes up no room, and the daily round removes it.
func (o *ordeal) uploadCut(t *testing.T) {
	bucket := filestest.Start(t)
	server, c := o.keepFiles(t, bucket.Address, "cut")
	files, whole := c.attachWhole(t)
	killed := make(chan struct{})
	bucket.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			content, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			r.Body = io.NopCloser(bytes.NewReader(content))
			server.kill(t)
			close(killed)
		}
		return false
	})
	if _, err := c.sendFile(t, c.admin, files, "cut.txt", []byte("cut")); err == nil {
		t.Fatal("a killed server has answered")
	}
	<-killed
	bucket.Before(nil)
	eventually(t, "the bytes are in the bucket", patience, func() bool { return len(bucket.Keys()) == 2 })
	c = c.restart(t)
	c.get(t, c.admin, files+"&count=true").want(t, http.StatusOK, `"total":1`, "whole.txt")
	c.wantStored(t, len("whole"))
	c.nextDay(t)
	eventually(t, "only the whole file is left", patience, func() bool { return len(bucket.Keys()) == 1 })
	c.get(t, c.admin, "/v1/attachments/"+whole+"/content").want(t, http.StatusOK, "whole")
}

// uploadBroken kills the server when half of a file has arrived in its folder.
func (o *ordeal) uploadBroken(t *testing.T) {
	folder := t.TempDir()
	server, c := o.keepFiles(t, "file://"+folder, "broken")
	files, whole := c.attachWhole(t)
	arriving := func() []string {
		all, err := filepath.Glob(filepath.Join(folder, "company", "*", "*"))
		if err != nil {
			t.Error(err)
		}
		return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, whole) })
	}
	body, pipe := io.Pipe()
	form := multipart.NewWriter(pipe)
	go func() {
		part, _ := form.CreateFormFile("file", "broken.bin")
		for { // until nobody reads any more
			if _, err := part.Write(make([]byte, 64<<10)); err != nil {
				return
			}
			if parts := arriving(); len(parts) == 1 && sizeOf(parts[0]) > 1<<20 {
				break
			}
		}
		_ = server.cmd.Process.Kill()
		<-server.ended
		_ = pipe.CloseWithError(io.ErrClosedPipe)
	}()
	if _, err := c.stream(t, c.admin, files, form.FormDataContentType(), body); err == nil {
		t.Fatal("a killed server has answered")
	}
	<-server.ended
	if parts := arriving(); len(parts) != 1 || !strings.HasSuffix(parts[0], ".part") {
		t.Fatalf("half a file stands as %v", parts)
	}
	c = c.restart(t)
	c.get(t, c.admin, files+"&count=true").want(t, http.StatusOK, `"total":1`, "whole.txt")
	c.wantStored(t, len("whole"))
	c.nextDay(t)
	eventually(t, "nothing is left of the half", patience, func() bool { return len(arriving()) == 0 })
	c.wantStored(t, len("whole"))
	c.get(t, c.admin, "/v1/attachments/"+whole+"/content").want(t, http.StatusOK, "whole")
}

// keepFiles starts a server that keeps files at the address, and signs a company up there.
func (i *installation) keepFiles(t testing.TB, address, name string, settings ...string) (*process, *tenancy) {
	t.Helper()
	with := *i
	with.settings = slices.Concat(i.settings, []string{"GUANXI_BLOB_URL=" + address}, settings)
	server, site := with.serve(t)
	with.site = site
	return server, with.signUp(t, name)
}

// attachWhole attaches a file to a customer, and returns where that one's files are and the file's id.
func (c *tenancy) attachWhole(t testing.TB) (files, id string) {
	t.Helper()
	customer := c.post(t, c.admin, "/v1/customers", object{"name": "Acme"}).want(t, http.StatusCreated).text(t, "id")
	files = "/v1/attachments?record_id=" + customer
	whole, err := c.sendFile(t, c.admin, files, "whole.txt", []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	return files, whole.want(t, http.StatusCreated).text(t, "id")
}

// stream posts a body that is made while it is sent.
func (s site) stream(t testing.TB, who person, path, contentType string, body io.Reader) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+who.token)
	res, err := (&http.Client{}).Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func sizeOf(name string) int64 {
	info, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return info.Size()
}

// restart serves again after a kill; the company is there as it was.
func (c *tenancy) restart(t testing.TB) *tenancy {
	t.Helper()
	with, again := *c.installation, *c
	_, with.site = c.serve(t)
	again.installation = &with
	return &again
}

// wantStored checks how much room files are reckoned to take up.
func (c *tenancy) wantStored(t testing.TB, want int) {
	t.Helper()
	var used int
	if err := c.db.Get(&used, `SELECT used FROM `+c.schema+`.usage_counts WHERE quota = 'storage_bytes'`); err != nil || used != want {
		t.Errorf("%d bytes used, want %d, %v", used, want, err)
	}
}

// nextDay lets a day pass for files, and a worker do what is due then.
func (c *tenancy) nextDay(t testing.TB) {
	t.Helper()
	c.exec(t, `UPDATE `+c.schema+`.attachments SET created_at = created_at - INTERVAL 25 HOUR`)
	c.exec(t, `UPDATE `+c.prefix+`_cluster.due SET due_at = due_at - INTERVAL 1 DAY WHERE kind = 'housekeeping' AND company_id = ?`, c.id)
	c.work(t, "maintenance")
}
