//go:build soak

package main

import (
	"cmp"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestSoakUploadOf200MB shows that a server holds little of a large file at once: the most memory that its process
// ever had grows by a fraction of it, and so for four of them at the same time.
func TestSoakUploadOf200MB(t *testing.T) {
	server, c := install(t, "gxlarge").keepFiles(t, "file://"+t.TempDir(), "large", "GUANXI_FILE_LIMIT_MB=200")
	files, _ := c.attachWhole(t)
	const size = 200<<20 - 64<<10
	send := func() (int, error) {
		body, pipe := io.Pipe()
		form := multipart.NewWriter(pipe)
		go func() {
			part, err := form.CreateFormFile("file", "large.bin")
			for n := 0; err == nil && n < size; n += 64 << 10 {
				_, err = part.Write(make([]byte, 64<<10))
			}
			_ = pipe.CloseWithError(cmp.Or(err, form.Close()))
		}()
		return c.stream(t, c.admin, files, form.FormDataContentType(), body)
	}
	before := peak(t, server)
	for _, at := range []int{1, 4} {
		answers := make(chan string, at)
		for range at {
			go func() {
				status, err := send()
				answers <- fmt.Sprint(status, err)
			}()
		}
		for range at {
			if got := <-answers; got != "201 <nil>" {
				t.Errorf("upload: %s", got)
			}
		}
		grown := peak(t, server) - before
		t.Logf("%d of %d MB at once: %d kB more at the most", at, size>>20, grown)
		if grown > 32<<10 {
			t.Errorf("memory has grown by %d kB", grown)
		}
	}
	c.get(t, c.admin, files+"&count=true").want(t, http.StatusOK, `"total":6`)
	c.wantStored(t, 5*size+len("whole"))
}

// peak is the most memory that a process has had, in kB.
func peak(t testing.TB, p *process) (kB int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(line, &kB); err != nil {
		t.Fatal(err)
	}
	return kB
}
