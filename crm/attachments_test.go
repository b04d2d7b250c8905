package crm_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
	"github.com/guanxi-crm/guanxi/tenant/files"
)

// cabinet is a world with a place for files and a plan with room for some.
type cabinet struct {
	*world
	store *files.Store
}

func newCabinet(t testing.TB, room int64) *cabinet {
	t.Helper()
	store, err := files.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	for _, p := range []person{w.rep, w.rep2, w.manager, w.admin, w.stranger} {
		p.caller.Limits["storage_bytes"] = room
	}
	return &cabinet{w, store}
}

func (c *cabinet) folder(p person) files.Folder { return c.store.Company(p.company.ID) }

// tryStore keeps a file of which nothing has been made.
func (c *cabinet) tryStore(t testing.TB, p person, in crm.NewAttachment, r io.Reader) (crm.Attachment, error) {
	t.Helper()
	if in.Limit == 0 {
		in.Limit = 1 << 20
	}
	return crm.StoreFile(t.Context(), c.Directory, p.company.Company, p.caller, c.folder(p), in, r)
}

func (c *cabinet) tryAttach(t testing.TB, p person, in crm.NewAttachment, content string) (crm.Attachment, error) {
	t.Helper()
	file, err := c.tryStore(t, p, in, strings.NewReader(content))
	if err != nil {
		return crm.Attachment{}, err
	}
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Attachment, error) {
		return crm.CreateAttachment(ctx, tx, file)
	})
}

func (c *cabinet) attach(t testing.TB, p person, record string, name, content string) crm.Attachment {
	t.Helper()
	return must[crm.Attachment](t)(c.tryAttach(t, p, crm.NewAttachment{Record: refTo(t, record), Name: name}, content))
}

func refTo(t testing.TB, id string) (ref crm.RecordRef) {
	t.Helper()
	if err := ref.UnmarshalText([]byte(id)); err != nil {
		t.Fatal(err)
	}
	return ref
}

func (p person) tryAttachment(t testing.TB, id crm.AttachmentID) (crm.Attachment, error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Attachment, error) {
		return crm.GetAttachment(ctx, q, id)
	})
}

func (p person) attachments(t testing.TB, record string, trash bool) []crm.Attachment {
	t.Helper()
	return must[crm.Page[crm.Attachment]](t)(p.tryAttachments(t, record, trash)).Data
}

func (p person) tryAttachments(t testing.TB, record string, trash bool) (crm.Page[crm.Attachment], error) {
	t.Helper()
	return read(t, p, func(ctx context.Context, q *tenant.Query) (crm.Page[crm.Attachment], error) {
		return crm.ListAttachments(ctx, q, refTo(t, record), trash, crm.ListQuery{})
	})
}

func (p person) deleteAttachment(t testing.TB, id crm.AttachmentID, permanent bool) error {
	t.Helper()
	return p.tx(t, func(tx *tenant.Tx) error { return crm.DeleteAttachment(t.Context(), tx, id, permanent) })
}

func (p person) tryRestoreAttachment(t testing.TB, id crm.AttachmentID) (crm.Attachment, error) {
	t.Helper()
	return write(t, p, func(ctx context.Context, tx *tenant.Tx) (crm.Attachment, error) {
		return crm.RestoreAttachment(ctx, tx, id)
	})
}

// used returns how many bytes acme's files take up by the quota, and by the rows themselves.
func (c *cabinet) used(t testing.TB) (quota, rows int64) {
	t.Helper()
	for statement, dest := range map[string]*int64{
		`SELECT COALESCE(SUM(used), 0) FROM company.usage_counts WHERE quota = 'storage_bytes'`: &quota,
		`SELECT COALESCE(SUM(size), 0) FROM company.attachments WHERE status = 'ready'`:         &rows,
	} {
		*dest = must[int64](t)(read(t, c.system(c.acme), func(ctx context.Context, q *tenant.Query) (n int64, err error) {
			return n, q.Get(ctx, &n, statement)
		}))
	}
	return quota, rows
}

func (c *cabinet) wantUsed(t testing.TB, when string, want int64) {
	t.Helper()
	if quota, rows := c.used(t); quota != want || rows != want {
		t.Errorf("%s: %d bytes used, rows hold %d, want %d", when, quota, rows, want)
	}
}

// kept counts acme's files in the store.
func (c *cabinet) kept(t testing.TB) (n int) {
	t.Helper()
	for _, err := range c.folder(c.rep).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

func TestFilesAtRecords(t *testing.T) {
	c := newCabinet(t, 1000)
	customer := c.rep.customer(t, "Acme")
	interaction := c.rep.logAt(t, customer.ID, c.Clock.Now())
	task := c.rep.task(t, crm.NewTask{Title: "x", CustomerID: &customer.ID})
	for _, record := range []string{customer.ID.String(), interaction.ID.String(), task.ID.String()} {
		a := c.attach(t, c.rep, record, "报价.txt", "content")
		digest := sha256.Sum256([]byte("content"))
		want := crm.Attachment{
			ID: a.ID, Record: refTo(t, record), Name: "报价.txt", ContentType: "text/plain; charset=utf-8", Size: 7,
			SHA256: hex.EncodeToString(digest[:]), AuthorID: c.acme.Rep, CreatedAt: c.Clock.Now(),
		}
		if diff := cmp.Diff(want, a); diff != "" {
			t.Errorf("-want +made\n%s", diff)
		}
		for who, sees := range map[*person]bool{&c.rep: true, &c.manager: true, &c.admin: true, &c.rep2: false, &c.stranger: false} {
			stored, err := who.tryAttachment(t, a.ID)
			page, errList := who.tryAttachments(t, record, false)
			if sees {
				if diff := cmp.Diff(want, stored); err != nil || diff != "" || errList != nil || len(page.Data) != 1 || page.Data[0].ID != a.ID {
					t.Errorf("%v %v, %d files: -want +stored\n%s", err, errList, len(page.Data), diff)
				}
				continue
			}
			wantError(t, err, tenant.ErrNotFound)
			wantError(t, errList, tenant.ErrNotFound)
			wantError(t, who.deleteAttachment(t, a.ID, false), tenant.ErrNotFound)
			_, err = who.tryRestoreAttachment(t, a.ID)
			wantError(t, err, tenant.ErrNotFound)
			_, err = c.tryAttach(t, *who, crm.NewAttachment{Record: refTo(t, record)}, "x")
			wantInvalid(t, err, "record_id")
		}
		content := must[io.ReadCloser](t)(c.folder(c.rep).Open(t.Context(), a.ID.String(), 0))
		if text, err := io.ReadAll(content); string(text) != "content" || content.Close() != nil {
			t.Errorf("kept %q, %v", text, err)
		}
	}
	c.wantUsed(t, "three files", 21)
	events := c.changesOf(t, "attachment.created")
	if len(events) != 3 || events[0].OwnerAfter != c.acme.Rep || !events[0].OwnerBefore.IsZero() || !strings.Contains(string(events[0].Data), `"record_id":"`+customer.ID.String()) {
		t.Errorf("events %+v", events)
	}
	if got := must[crm.Interaction](t)(c.rep.tryInteraction(t, interaction.ID)); len(got.Files) != 1 || got.Files[0].Name != "报价.txt" || got.Files[0].Size != 7 {
		t.Errorf("the interaction shows %+v", got.Files)
	}

	// With the customer its files are handed over, and go to the trash and come back.
	id := c.attach(t, c.rep, customer.ID.String(), "a", "").ID
	if err := c.admin.tx(t, func(tx *tenant.Tx) error { return crm.DeleteCustomer(t.Context(), tx, customer.ID, 0) }); err != nil {
		t.Fatal(err)
	}
	_, err := c.admin.tryAttachment(t, id)
	wantError(t, err, tenant.ErrNotFound)
	if err := c.system(c.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE company.customers SET deleted_at = NULL, owner_id = ?`, c.acme.Rep2)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.rep2.tryAttachment(t, id); err != nil {
		t.Error(err)
	}
	_, err = c.rep.tryAttachment(t, id)
	wantError(t, err, tenant.ErrNotFound)
}

func TestFilesWaitForTheirRecord(t *testing.T) {
	c := newCabinet(t, 1000)
	customer := c.rep.customer(t, "Acme")
	first, second := c.attach2(t, c.rep), c.attach2(t, c.rep)
	if len(c.changesOf(t, "attachment.created")) != 0 {
		t.Error("a file that waits was announced")
	}
	if _, err := c.rep.tryAttachment(t, first.ID); err != nil {
		t.Error(err)
	}
	for _, who := range []person{c.rep2, c.manager, c.admin, c.stranger} {
		_, err := who.tryAttachment(t, first.ID)
		wantError(t, err, tenant.ErrNotFound)
		wantError(t, who.deleteAttachment(t, first.ID, true), tenant.ErrNotFound)
	}
	foreign := c.attach2(t, c.manager)
	log := func(ids ...crm.AttachmentID) (crm.Interaction, error) {
		return c.rep.tryLog(t, crm.NewInteraction{CustomerID: customer.ID, Kind: "call", Summary: "x", AttachmentIDs: ids})
	}
	_, err := log(first.ID, foreign.ID, second.ID, second.ID)
	wantInvalid(t, err, "attachment_ids[1]", "attachment_ids[3]")
	_, err = log(make([]crm.AttachmentID, 21)...)
	wantInvalid(t, err, "attachment_ids")
	made := must[crm.Interaction](t)(log(first.ID, second.ID))
	if len(made.Files) != 2 || made.Files[0].ID != first.ID || made.Files[1].ID != second.ID {
		t.Errorf("made with %+v", made.Files)
	}
	stored := must[crm.Interaction](t)(c.rep.tryInteraction(t, made.ID))
	if diff := cmp.Diff(made.Files, stored.Files); diff != "" {
		t.Errorf("-made +stored\n%s", diff)
	}
	if page := c.rep.interactions(t, customer.ID, crm.ListQuery{}); len(page.Data) != 1 || len(page.Data[0].Files) != 2 {
		t.Errorf("listed %+v", page.Data)
	}
	if events := c.changesOf(t, "attachment.created"); len(events) != 2 || !strings.Contains(string(events[0].Data), made.ID.String()) {
		t.Errorf("events %+v", events)
	}
	_, err = log(first.ID)
	wantInvalid(t, err, "attachment_ids[0]")
	// Who may log but not attach names no files, and who may not read files sees none.
	delete(c.rep.caller.Levels, "attachment:create")
	_, err = log(c.attach2(t, c.rep).ID)
	wantError(t, err, tenant.ErrDenied)
	delete(c.rep.caller.Levels, "attachment:read")
	if got := must[crm.Interaction](t)(c.rep.tryInteraction(t, made.ID)); got.Files == nil || len(got.Files) != 0 {
		t.Errorf("files shown without the right to any: %+v", got.Files)
	}
}

// attach2 uploads a file of two bytes without a record.
func (c *cabinet) attach2(t testing.TB, p person) crm.Attachment {
	t.Helper()
	return must[crm.Attachment](t)(c.tryAttach(t, p, crm.NewAttachment{Name: "x"}, "xx"))
}

func TestUploadsThatFailLeaveNothing(t *testing.T) {
	c := newCabinet(t, 100)
	record := refTo(t, c.rep.customer(t, "Acme").ID.String())
	broken := errors.New("broken off")
	for name, row := range map[string]struct {
		in   crm.NewAttachment
		r    io.Reader
		want error
	}{
		"too large":            {crm.NewAttachment{Limit: 5}, strings.NewReader("123456"), crm.ErrUploadTooLarge},
		"too large by far":     {crm.NewAttachment{Limit: 100_000}, bytes.NewReader(make([]byte, 200_000)), crm.ErrUploadTooLarge},
		"broken off":           {crm.NewAttachment{}, io.MultiReader(strings.NewReader("x"), iotest.ErrReader(io.ErrUnexpectedEOF)), io.ErrUnexpectedEOF},
		"broken off later":     {crm.NewAttachment{}, io.MultiReader(bytes.NewReader(make([]byte, 100_000)), iotest.ErrReader(broken)), broken},
		"no room from the top": {crm.NewAttachment{Expected: 101}, iotest.ErrReader(broken), nil},
	} {
		row.in.Record = record
		_, err := c.tryStore(t, c.rep, row.in, row.r)
		var quota *tenant.QuotaError
		if row.want != nil && !errors.Is(err, row.want) || row.want == nil && !errors.As(err, &quota) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.tryStore(t, c.rep, crm.NewAttachment{Record: record, Limit: 5}, strings.NewReader("12345")); err != nil {
		t.Errorf("a file of just the limit: %v", err)
	}
	if n := c.kept(t); n != 1 {
		t.Errorf("%d files kept of failed uploads", n-1)
	}
	var rows int
	if err := c.Read(t.Context(), c.acme.Company, c.rep.caller, func(q *tenant.Query) error {
		return q.Get(t.Context(), &rows, `SELECT COUNT(*) FROM company.attachments`)
	}); err != nil || rows != 1 {
		t.Errorf("%d rows of failed uploads, %v", rows-1, err)
	}
	c.wantUsed(t, "nothing attached", 0)

	a := c.attach(t, c.rep, record.String(), "x", "x")
	_, err := c.tryAttach(t, c.rep, crm.NewAttachment{ID: a.ID, Record: record}, "y")
	wantConflict(t, err, "id_in_use")
	if content := must[io.ReadCloser](t)(c.folder(c.rep).Open(t.Context(), a.ID.String(), 0)); must[[]byte](t)(io.ReadAll(content))[0] != 'x' || content.Close() != nil {
		t.Error("another file with the id took the place of the first")
	}
}

func TestRoomIsUsedUpExactly(t *testing.T) {
	c := newCabinet(t, 10)
	record := refTo(t, c.rep.customer(t, "Acme").ID.String())
	together(t, 8, func(int) error {
		file, err := c.tryStore(t, c.rep, crm.NewAttachment{Record: record}, strings.NewReader("123"))
		if err != nil {
			return err
		}
		_, err = write(t, c.rep, func(ctx context.Context, tx *tenant.Tx) (crm.Attachment, error) {
			return crm.CreateAttachment(ctx, tx, file)
		})
		var quota *tenant.QuotaError
		if errors.As(err, &quota) {
			return crm.RemoveFile(t.Context(), c.Directory, c.acme.Company, c.rep.caller, c.folder(c.rep), file.ID)
		}
		return err
	})
	c.wantUsed(t, "eight at once", 9)
	if n := c.kept(t); n != 3 {
		t.Errorf("%d files kept", n)
	}
	_, err := c.tryAttach(t, c.rep, crm.NewAttachment{Record: record}, "12")
	var quota *tenant.QuotaError
	if !errors.As(err, &quota) || quota.Limit != 10 || quota.Used != 9 {
		t.Errorf("got %v", err)
	}
	if _, err := c.tryAttach(t, c.rep, crm.NewAttachment{Record: record}, "1"); err != nil {
		t.Error(err)
	}
}

func TestFilesInTheTrash(t *testing.T) {
	c := newCabinet(t, 1000)
	record := c.rep.customer(t, "Acme").ID.String()
	a, b := c.attach(t, c.rep, record, "a", "aaa"), c.attach(t, c.rep, record, "b", "bb")
	if err := c.rep.deleteAttachment(t, a.ID, false); err != nil {
		t.Fatal(err)
	}
	_, err := c.rep.tryAttachment(t, a.ID)
	wantError(t, err, tenant.ErrNotFound)
	wantError(t, c.rep.deleteAttachment(t, a.ID, false), tenant.ErrNotFound)
	if there, trash := c.rep.attachments(t, record, false), c.rep.attachments(t, record, true); len(there) != 1 || there[0].ID != b.ID || len(trash) != 1 || trash[0].ID != a.ID || trash[0].DeletedAt == nil {
		t.Errorf("there %+v, in the trash %+v", there, trash)
	}
	c.wantUsed(t, "the trash takes up room", 5)
	if restored := must[crm.Attachment](t)(c.rep.tryRestoreAttachment(t, a.ID)); restored.DeletedAt != nil || len(c.rep.attachments(t, record, false)) != 2 {
		t.Errorf("restored %+v", restored)
	}
	if _, err := c.rep.tryRestoreAttachment(t, a.ID); err != nil || len(c.changesOf(t, "attachment.restored")) != 1 {
		t.Errorf("restored again: %v", err)
	}
	if err := c.rep.deleteAttachment(t, a.ID, false); err != nil {
		t.Fatal(err)
	}
	for _, id := range []crm.AttachmentID{a.ID, b.ID} {
		if err := c.rep.deleteAttachment(t, id, true); err != nil {
			t.Fatal(err)
		}
		wantError(t, c.rep.deleteAttachment(t, id, true), tenant.ErrNotFound)
		_, err := c.rep.tryRestoreAttachment(t, id)
		wantError(t, err, tenant.ErrNotFound)
	}
	c.wantUsed(t, "gone for good", 0)
	if n := len(c.changesOf(t, "attachment.deleted")); n != 3 {
		t.Errorf("%d events of deleting: once, once again, and for good of the one that was there", n)
	}
	if due := c.due(t, c.acme, crm.FilesWork); len(due) != 1 || c.kept(t) != 2 {
		t.Errorf("due %v, %d kept", due, c.kept(t))
	}
	c.removeGone(t)
	if c.kept(t) != 0 {
		t.Error("the bytes are still there")
	}
}

func (c *cabinet) removeGone(t testing.TB) {
	t.Helper()
	system := tenant.System()
	if more, err := crm.RemoveGoneFiles(t.Context(), c.Directory, c.acme.Company, &system, c.folder(c.rep)); more || err != nil {
		t.Fatal(more, err)
	}
}

// sweep does what the daily round does, batch by batch.
func (c *cabinet) sweep(t testing.TB, batch int) (swept int) {
	t.Helper()
	for n := batch; n == batch; swept += n {
		n = must[int](t)(write(t, c.system(c.acme), func(ctx context.Context, tx *tenant.Tx) (int, error) { return crm.SweepAttachments(ctx, tx, batch) }))
	}
	return swept
}

func TestSweepRemovesWhatNobodyWants(t *testing.T) {
	c := newCabinet(t, 1000)
	customer := c.rep.customer(t, "Acme")
	record := customer.ID.String()
	logged := c.rep.logAt(t, customer.ID, c.Clock.Now()).ID.String()
	kept, deleted := c.attach(t, c.rep, record, "kept", "k"), c.attach(t, c.rep, logged, "deleted from a purged record", "dd")
	purged := c.attach(t, c.rep, logged, "of a purged record", "ppp")
	if err := c.rep.deleteAttachment(t, deleted.ID, false); err != nil {
		t.Fatal(err)
	}
	c.attach2(t, c.rep) // waits
	// The process dies between the bytes and the row.
	if _, err := c.tryStore(t, c.rep, crm.NewAttachment{Record: refTo(t, record)}, strings.NewReader("half done")); err != nil {
		t.Fatal(err)
	}
	if n := c.sweep(t, 2); n != 0 {
		t.Errorf("swept %d at once", n)
	}
	c.Clock.Advance(24*time.Hour + time.Second)
	if n := c.sweep(t, 2); n != 2 {
		t.Errorf("swept %d after a day, want the one that waits and the one that was cut off", n)
	}
	c.wantUsed(t, "after a day", 6)
	c.Clock.Advance(29 * 24 * time.Hour)
	if err := c.system(c.acme).tx(t, func(tx *tenant.Tx) error {
		_, err := tx.Exec(t.Context(), `DELETE FROM company.interactions`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := c.sweep(t, 3); n != 2 {
		t.Errorf("swept %d after thirty days, want that in the trash and that of a purged record", n)
	}
	c.wantUsed(t, "after thirty days", 1)
	for _, id := range []crm.AttachmentID{deleted.ID, purged.ID} {
		_, err := c.admin.tryAttachment(t, id)
		wantError(t, err, tenant.ErrNotFound)
	}
	if c.kept(t) != 5 {
		t.Errorf("%d files before their removal", c.kept(t))
	}
	// A store that does not work keeps the rows, so that the next turn finds them.
	system := tenant.System()
	var nowhere *files.Store
	if _, err := crm.RemoveGoneFiles(t.Context(), c.Directory, c.acme.Company, &system, nowhere.Company(c.acme.ID)); !errors.Is(err, files.ErrNotConfigured) {
		t.Errorf("got %v", err)
	}
	c.removeGone(t)
	if c.kept(t) != 1 {
		t.Errorf("%d files after their removal", c.kept(t))
	}
	if _, err := c.folder(c.rep).Open(t.Context(), kept.ID.String(), 0); err != nil {
		t.Error(err)
	}
}

func TestLinksToFiles(t *testing.T) {
	c := newCabinet(t, 1000)
	a := c.attach(t, c.rep, c.rep.customer(t, "Acme").ID.String(), "a", "aaa")
	link := func(p person, life time.Duration) (string, error) {
		return read(t, p, func(ctx context.Context, q *tenant.Query) (string, error) {
			token, expires, err := crm.LinkAttachment(ctx, q, a.ID, life)
			if err == nil && !expires.Equal(c.Clock.Now().Add(life)) {
				t.Errorf("expires at %s", expires)
			}
			return token, err
		})
	}
	open := func(p person, token string) (crm.FileLink, error) {
		return read(t, p, func(_ context.Context, q *tenant.Query) (crm.FileLink, error) { return crm.OpenLink(q, token) })
	}
	token := must[string](t)(link(c.rep, time.Hour))
	want := crm.FileLink{Company: c.acme.ID, Attachment: a.ID, Member: c.acme.Rep, Expires: c.Clock.Now().Add(time.Hour)}
	if got := must[crm.FileLink](t)(open(c.system(c.acme), token)); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if company, err := crm.LinkCompany(token); company != c.acme.ID || err != nil {
		t.Error(company, err)
	}
	for _, life := range []time.Duration{0, time.Minute - 1, 24*time.Hour + 1, -time.Hour} {
		_, err := link(c.rep, life)
		wantInvalid(t, err, "expires_in")
	}
	for _, who := range []person{c.rep2, c.stranger} {
		_, err := link(who, time.Hour)
		wantError(t, err, tenant.ErrNotFound)
	}
	_, err := open(c.system(c.globex), token)
	wantError(t, err, tenant.ErrNotFound)
	for i := range len(token) {
		forged := token[:i] + string(token[i]^1) + token[i+1:]
		if got, err := open(c.system(c.acme), forged); err == nil && got != want {
			t.Fatalf("%s opens as %+v", forged, got)
		}
	}
	for _, bad := range []string{"", "x", "!", token[:len(token)/2], token + "AAAA", strings.Repeat("A", 40)} {
		_, err := open(c.system(c.acme), bad)
		wantError(t, err, tenant.ErrNotFound)
	}
	c.Clock.Advance(time.Hour)
	_, err = open(c.system(c.acme), token)
	wantError(t, err, tenant.ErrNotFound)
}
