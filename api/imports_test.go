package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/api"
	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

const customersFile = "客户名称,手机,邮箱,金额\n云帆科技,138 0013 8000,wang@yunfan.example,12000\n华信软件,12,li@huaxin.example,一万\n星河教育,13900139000,not-an-email,\n"

// runImport does the import's work as a worker does, with the rights of whoever started it.
func (w *world) runImport(t testing.TB, c *cast, id string) {
	t.Helper()
	company, err := w.Directory.Company(t.Context(), w.companyID(t, c))
	if err != nil {
		t.Fatal(err)
	}
	imp, err := crm.ParseImportID(id)
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	var actor tenant.MemberID
	if err := w.Read(t.Context(), company, &system, func(q *tenant.Query) error {
		actor, err = crm.ImportActor(t.Context(), q, imp)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	caller, err := api.LoadCaller(t.Context(), w.Directory, company, auth.Identity{Kind: tenant.ByMember, Member: actor})
	if err != nil {
		t.Fatal(err)
	}
	if err := crm.RunImport(t.Context(), w.Directory, company, caller, imp, nil); err != nil {
		t.Fatal(err)
	}
}

func TestImportStory(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	up := w.upload(t, rep, `C:\lists\客户.csv`, customersFile).want(t, http.StatusCreated,
		`"status":"mapping"`, `"file_name":"客户.csv"`, `"encoding":"utf-8"`, `"delimiter":","`, `"header_line":1`, `"rows_total":3`,
		`{"key":"B","heading":"手机","samples":["138 0013 8000","12","13900139000"]}`,
		`{"column":"B","field":"phone","sure":true}`, `{"column":"D","field":"revenue"}`)
	id := up.id(t)
	path := "/v1/imports/" + id
	if up.Header().Get("Location") != path {
		t.Errorf("location %q", up.Header().Get("Location"))
	}
	w.get(t, rep, path).want(t, http.StatusOK, `"percent":0`)
	preview := w.patch(t, rep, path, `{"mapping":[{"column":"A","field":"name"},{"column":"B","field":"phone"},{"column":"C","field":"email"}],
		"options":{"tags":["fair"],"mode":"create"}}`, "If-Match", up.Header().Get("ETag")).
		want(t, http.StatusOK, `"checked":3`, `"created":1`, `"rejected":2`, `"phone":"+8613800138000"`, `"bad_phone"`, `"bad_email"`, `"tags":["fair"]`)
	w.patch(t, rep, path, `{}`, "If-Match", up.Header().Get("ETag")).want(t, http.StatusPreconditionFailed)
	w.post(t, rep, path+"/run", ``, "If-Match", preview.Header().Get("ETag"), "Idempotency-Key", "once").want(t, http.StatusAccepted, `"status":"queued"`)
	w.post(t, rep, path+"/run", ``, "If-Match", preview.Header().Get("ETag"), "Idempotency-Key", "once").want(t, http.StatusAccepted, `"status":"queued"`)
	w.post(t, rep, path+"/run", ``).want(t, http.StatusConflict, `"import_started"`)
	w.patch(t, rep, path, `{}`).want(t, http.StatusConflict, `"import_started"`)
	w.runImport(t, w.acme, id)
	w.get(t, rep, path).want(t, http.StatusOK, `"status":"finished"`, `"created":1`, `"rejected":2`, `"percent":100`)
	w.get(t, rep, "/v1/customers?q=yunfan").want(t, http.StatusOK, `"name":"云帆科技"`, `"owner_id":"`+rep.id+`"`)
	w.get(t, rep, path+"/rows?outcome=created").want(t, http.StatusOK, `"line":2`, `"record_id":"cus_`, "!华信")
	page := w.get(t, rep, path+"/rows?limit=1&outcome=rejected").want(t, http.StatusOK, `"line":3`, `"cells":["华信软件","12","li@huaxin.example","一万"]`)
	var next struct {
		Cursor string `json:"next_cursor"`
	}
	page.into(t, &next)
	w.get(t, rep, path+"/rows?limit=1&outcome=rejected&cursor="+next.Cursor).want(t, http.StatusOK, `"line":4`, `"next_cursor":null`)
	w.get(t, rep, path+"/rows?limit=1&cursor="+next.Cursor).want(t, http.StatusUnprocessableEntity, `"field":"cursor"`)
	w.get(t, rep, path+"/rows?outcome=lost").want(t, http.StatusUnprocessableEntity, `"field":"outcome"`)

	file := w.get(t, rep, path+"/rejected").want(t, http.StatusOK,
		"\uFEFF客户名称,手机,邮箱,金额,Line,Why rejected\n华信软件,12,li@huaxin.example,一万,3,", "手机: the phone number is not valid", "\n星河教育,")
	if got := file.Header().Get("Content-Disposition"); got != `attachment; filename="rejected-rows.csv"` {
		t.Errorf("disposition %q", got)
	}
	if xlsx := w.get(t, rep, path+"/rejected?format=xlsx").want(t, http.StatusOK); !strings.HasPrefix(xlsx.Body.String(), "PK") {
		t.Error("not a workbook")
	}
	w.get(t, rep, path+"/rejected?format=pdf").want(t, http.StatusUnprocessableEntity, `"field":"format"`)

	w.post(t, rep, path+"/cancel", ``).want(t, http.StatusConflict, `"import_ended"`)
	w.post(t, rep, path+"/undo", ``).want(t, http.StatusAccepted, `"status":"undoing"`)
	w.runImport(t, w.acme, id)
	w.get(t, rep, path).want(t, http.StatusOK, `"status":"undone"`, `"undone":1`)
	w.get(t, rep, "/v1/customers").want(t, http.StatusOK, `"data":[]`)
	w.post(t, rep, path+"/undo", ``).want(t, http.StatusConflict, `"import_not_ended"`)

	// What no cell of a workbook holds leaves as CSV.
	id = w.upload(t, rep, "long.csv", "name\n"+strings.Repeat("x", 40_000)+"\n").id(t)
	w.post(t, rep, "/v1/imports/"+id+"/run", ``).want(t, http.StatusAccepted)
	w.runImport(t, w.acme, id)
	w.get(t, rep, "/v1/imports/"+id+"/rejected?format=xlsx").want(t, http.StatusUnprocessableEntity, `"field":"format"`, "choose CSV")
	w.get(t, rep, "/v1/imports/"+id+"/rejected").want(t, http.StatusOK, "xxx", "40000 characters")
}

func TestImportIsSeenByItsTeam(t *testing.T) {
	w := newWorld(t)
	id := w.upload(t, w.acme.rep, "a.csv", "name\nSecret Ltd\n").want(t, http.StatusCreated).id(t)
	for _, path := range []string{"/v1/imports/" + id, "/v1/imports/" + id + "/rows", "/v1/imports/" + id + "/rejected"} {
		for who, c := range map[string]struct {
			who    person
			status int
		}{
			"signed out": {person{}, http.StatusUnauthorized}, "importer": {w.acme.rep, http.StatusOK}, "colleague": {w.acme.rep2, http.StatusNotFound},
			"manager": {w.acme.manager, http.StatusOK}, "admin": {w.acme.admin, http.StatusOK},
			"other company": {w.globex.admin, http.StatusNotFound}, "other company's rep": {w.globex.rep, http.StatusNotFound},
		} {
			if a := w.get(t, c.who, path); a.Code != c.status {
				t.Errorf("%s as %s: %d, want %d: %s", path, who, a.Code, c.status, a.Body)
			}
		}
	}
	w.get(t, w.acme.manager, "/v1/imports").want(t, http.StatusOK, id)
	w.get(t, w.acme.admin, "/v1/imports?filter=status=mapping&count=true").want(t, http.StatusOK, id, `"total":1`)
	w.get(t, w.acme.rep2, "/v1/imports").want(t, http.StatusOK, `"data":[]`)
	w.get(t, w.globex.admin, "/v1/imports").want(t, http.StatusOK, `"data":[]`)
	w.get(t, w.acme.rep, "/v1/imports?filter=colour=red").want(t, http.StatusUnprocessableEntity, "file_name", "status")
	for _, action := range []string{"run", "cancel", "undo"} {
		w.post(t, w.acme.rep2, "/v1/imports/"+id+"/"+action, ``).want(t, http.StatusNotFound)
		w.post(t, w.globex.admin, "/v1/imports/"+id+"/"+action, ``).want(t, http.StatusNotFound)
	}
}

func TestUploadIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		file, content string
		status        int
		texts         []string
	}{
		"empty":       {"a.csv", "", 422, []string{`"empty_file"`}},
		"pdf":         {"a.csv", "%PDF-1.7 whatever", 422, []string{`"wrong_kind"`, "PDF"}},
		"image":       {"a.xlsx", "\x89PNG\r\n\x1a\n0000", 422, []string{`"wrong_kind"`, "image/png"}},
		"old excel":   {"a.xls", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600), 422, []string{`"wrong_kind"`, ".xls"}},
		"encrypted":   {"a.xlsx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + utf16("EncryptedPackage") + strings.Repeat("\x00", 600), 422, []string{`"encrypted"`, "password"}},
		"zip":         {"a.xlsx", "PK\x05\x06" + strings.Repeat("\x00", 18), 422, []string{`"wrong_kind"`, "zip"}},
		"json":        {"a.csv", `[{"name":"x"}]`, 422, []string{`"wrong_kind"`, "JSON"}},
		"no encoding": {"a.csv", "name\n\xff\xff\xff\xff\xff\x80\x81\n", 422, []string{`"field":"file"`}},
		"too large":   {"a.csv", "name\n" + strings.Repeat("a customer\n", 2_000_000), 413, []string{`"too_large"`, "20 MB"}},
		"too wide":    {"a.csv", strings.Repeat("a,", 1100) + "b\n", 422, []string{`"too_wide"`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.upload(t, w.acme.rep, c.file, c.content).want(t, c.status, append(c.texts, "request_id")...)
		})
	}
	w.post(t, w.acme.rep, "/v1/imports", `{"name":"x"}`).want(t, http.StatusUnsupportedMediaType, `"unsupported_media_type"`, "multipart")
	w.post(t, w.acme.rep, "/v1/imports", `x`, "Content-Type", "multipart/form-data").want(t, http.StatusUnsupportedMediaType)
	const form = "multipart/form-data; boundary=b"
	w.post(t, w.acme.rep, "/v1/imports", "--b--\r\n", "Content-Type", form).want(t, http.StatusUnprocessableEntity, `"field":"file"`)
	w.post(t, w.acme.rep, "/v1/imports", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nname\r\n--b--\r\n", "Content-Type", form).
		want(t, http.StatusUnprocessableEntity, `"field":"file"`)
	w.post(t, w.acme.rep, "/v1/imports", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nname\r\nAc", "Content-Type", form).
		want(t, http.StatusBadRequest, `"malformed"`)
	w.get(t, w.acme.rep, "/v1/imports").want(t, http.StatusOK, `"data":[]`)
	if n := w.stored(t, "uploads") + w.stored(t, "upload_chunks"); n != 0 {
		t.Errorf("%d pieces of refused files are left", n)
	}
}

func utf16(s string) string { return strings.Join(strings.Split(s, ""), "\x00") + "\x00" }

// stored counts the rows of one of Acme's tables.
func (w *world) stored(t testing.TB, table string) (n int) {
	t.Helper()
	company, err := w.Directory.Company(t.Context(), w.companyID(t, w.acme))
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	if err := w.Read(t.Context(), company, &system, func(q *tenant.Query) error {
		return q.Get(t.Context(), &n, `SELECT COUNT(*) FROM company.`+table)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUploadIsRepeated(t *testing.T) {
	w := newWorld(t)
	send := func() answer {
		body := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nname\r\nAcme\r\n--b--\r\n"
		return w.post(t, w.acme.rep, "/v1/imports", body, "Content-Type", "multipart/form-data; boundary=b", "Idempotency-Key", "k1").want(t, http.StatusCreated)
	}
	if first, second := send().id(t), send().id(t); first != second {
		t.Errorf("%s and %s", first, second)
	}
	if n := w.stored(t, "uploads"); n != 1 {
		t.Errorf("%d uploads", n)
	}
}

func TestMappingIsChecked(t *testing.T) {
	w := newWorld(t)
	path := "/v1/imports/" + w.upload(t, w.acme.rep, "a.csv", "客户名称,手机,手机,备注,备注\nA,13800138000,,x,y\n").want(t, http.StatusCreated).id(t)
	for body, texts := range map[string][]string{
		`{"mapping":[{"column":"Z","field":"name"}]}`:                                 {`"field":"mapping[0].column"`, "A to E"},
		`{"mapping":[{"column":"A","field":"nickname"}]}`:                             {`"field":"mapping[0].field"`, "contact_name"},
		`{"mapping":[{"column":"B","field":"phone"},{"column":"C","field":"phone"}]}`: {`"field":"mapping[1].field"`, `"repeated"`},
		`{"mapping":[{"column":"A","field":"name"},{"column":"A","field":"note"}]}`:   {`"field":"mapping[1].column"`, `"repeated"`},
		`{"options":{"mode":"replace"}}`:                                              {`"field":"options.mode"`},
		`{"options":{"currency":"XXL"}}`:                                              {`"field":"options.currency"`},
		`{"options":{"key":"colour"}}`:                                                {`"field":"options.key"`},
		`{"options":{"owner_id":"` + w.acme.rep2.id + `"}}`:                           {`"field":"options.owner_id"`, `"out_of_scope"`},
		`{"options":{"owner_id":"` + w.globex.rep.id + `"}}`:                          {`"field":"options.owner_id"`},
		`{"options":{"tags":[""]}}`:                                                   {`"field":"options.tags"`},
		`{"sheet":"x","delimiter":"ab"}`:                                              {`"field":"delimiter"`},
		`{"delimiter":"\""}`:                                                          {`"field":"delimiter"`},
		`{"encoding":"klingon"}`:                                                      {`"field":"encoding"`},
		`{"header_line":7}`:                                                           {`"field":"header_line"`},
		`{"header_line":-2}`:                                                          {`"field":"header_line"`},
		`{"colour":"red"}`:                                                            {`"field":"colour"`},
		`{"mapping":"A"}`:                                                             {`"field":"mapping"`},
	} {
		w.patch(t, w.acme.rep, path, body).want(t, http.StatusUnprocessableEntity, texts...)
	}
	w.patch(t, w.acme.rep, path, `{"mapping":[{"column":"B","field":"phone"}]}`).want(t, http.StatusOK, `"required"`)
	w.post(t, w.acme.rep, path+"/run", ``).want(t, http.StatusUnprocessableEntity, `"name_missing"`)
	w.patch(t, w.acme.rep, path, `{"mapping":[{"column":"A","field":"name"}],"options":{"mode":"upsert","key":"email"}}`).want(t, http.StatusOK)
	w.post(t, w.acme.rep, path+"/run", ``).want(t, http.StatusUnprocessableEntity, `"key_missing"`)
	w.patch(t, w.acme.rep, path, `{"mapping":[{"column":"A","field":"name"},{"column":"D","field":"note"},{"column":"E","field":"note"}]}`).
		want(t, http.StatusOK, `"note":"x\ny"`)
	w.post(t, w.acme.rep, path+"/cancel", ``).want(t, http.StatusOK, `"status":"cancelled"`)
	w.post(t, w.acme.rep, path+"/undo", ``).want(t, http.StatusConflict, `"nothing_to_undo"`)
}

func TestExport(t *testing.T) {
	w := newWorld(t)
	for who, name := range map[*person]string{&w.acme.rep: "Rep Ltd", &w.acme.rep2: "=Other Ltd", &w.globex.admin: "Globex Ltd"} {
		w.post(t, *who, "/v1/customers", fmt.Sprintf(`{"name":%q,"revenue":-1205,"phone":"+8613800138000"}`, name)).want(t, http.StatusCreated)
	}
	const path = "/v1/exports/customers"
	w.get(t, person{}, path).want(t, http.StatusUnauthorized)
	w.get(t, w.acme.rep, path).want(t, http.StatusOK, "\uFEFFName,Contact,Phone", "\nRep Ltd,,+8613800138000,", ",-12.05,", "Acme rep", "!Other", "!Globex")
	w.get(t, w.acme.manager, path).want(t, http.StatusOK, "\nRep Ltd", "\n'=Other Ltd", "!Globex")
	w.get(t, w.acme.admin, path+"?q=other&filter=lifecycle=potential").want(t, http.StatusOK, "\n'=Other Ltd", "!\nRep Ltd")
	w.get(t, w.acme.admin, path+"?filter=colour=red").want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
	w.get(t, w.acme.admin, path+"?format=ods").want(t, http.StatusUnprocessableEntity, `"field":"format"`)
	if a := w.get(t, w.acme.admin, path+"?format=xlsx").want(t, http.StatusOK); !strings.HasPrefix(a.Body.String(), "PK") || !strings.Contains(a.Header().Get("Content-Type"), "spreadsheet") {
		t.Error("not a workbook")
	}
	w.patch(t, w.acme.admin, "/v1/members/"+w.acme.rep.id, `{"locale":"zh-CN"}`).want(t, http.StatusOK)
	w.get(t, w.acme.rep, path).want(t, http.StatusOK, "\uFEFF客户名称,联系人,手机", ",潜在,")
	// A key that may read but not export.
	var key struct{ Secret, Key, Token string }
	w.post(t, w.acme.rep, "/v1/api-keys", `{"name":"reader","scopes":["customer:read"]}`).want(t, http.StatusCreated).into(t, &key)
	if token := key.Secret + key.Key + key.Token; token != "" {
		w.get(t, person{token: token}, path).want(t, http.StatusForbidden)
	} else {
		t.Error("the key's text is not where it was expected")
	}
	// A download is logged before anything leaves.
	company, err := w.Directory.Company(t.Context(), w.companyID(t, w.acme))
	if err != nil {
		t.Fatal(err)
	}
	system := tenant.System()
	var logged []json.RawMessage
	if err := w.Read(t.Context(), company, &system, func(q *tenant.Query) error {
		return q.Select(t.Context(), &logged, `SELECT data FROM company.changes WHERE type = 'export.created' ORDER BY id`)
	}); err != nil {
		t.Fatal(err)
	}
	if want := `{"resource":"customers","format":"csv","filter":"lifecycle=potential","q":"other","count":1}`; len(logged) != 5 || string(logged[2]) != want {
		t.Errorf("logged %s", logged)
	}
}

// brokenPipe is a client that leaves after the first bytes.
type brokenPipe struct {
	*httptest.ResponseRecorder
	room int
}

func (b *brokenPipe) Write(p []byte) (int, error) {
	if b.room -= len(p); b.room < 0 {
		return 0, bytes.ErrTooLarge
	}
	return b.ResponseRecorder.Write(p)
}

func TestDownloadThatBreaksOffIsCut(t *testing.T) {
	w := newWorld(t)
	for i := range 60 {
		w.post(t, w.acme.rep, "/v1/customers", fmt.Sprintf(`{"name":"Customer %d","note":%q}`, i, strings.Repeat("n", 200))).want(t, http.StatusCreated)
	}
	r := httptest.NewRequest(http.MethodGet, "/v1/exports/customers", nil)
	r.Header.Set("Authorization", "Bearer "+w.acme.rep.token)
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // recover returns the value itself
			t.Errorf("ended with %v, want the connection to be cut", cause)
		}
	}()
	w.server.ServeHTTP(&brokenPipe{httptest.NewRecorder(), 8000}, r)
}

func TestContactsComeInAndGoOut(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	w.customer(t, rep, `{"name":"云帆科技","contact_name":"王志强"}`)
	file := "姓名,公司,手机,电话\n王芳,云帆科技,138 0013 8000,+1 415 555 2671\n李雷,没有,,\n"
	w.sendFile(t, person{}, "/v1/imports?resource=contacts", "p.csv", file).want(t, http.StatusUnauthorized)
	w.sendFile(t, rep, "/v1/imports?resource=ships", "p.csv", file).want(t, http.StatusUnprocessableEntity, `"field":"resource"`)
	id := w.sendFile(t, rep, "/v1/imports?resource=contacts", "p.csv", file).want(t, http.StatusCreated, `"resource":"contacts"`,
		`{"column":"B","field":"customer","sure":true}`, `{"column":"C","field":"phone","sure":true}`, `{"column":"D","field":"phone","sure":true}`).id(t)
	path := "/v1/imports/" + id
	w.patch(t, rep, path, `{}`).want(t, http.StatusOK, `"contact":{`, `"national":"138 0013 8000"`, `"contact_name":"王志强"`, `"unknown_customer"`, `"record_id":null`, `{"column":"B","field":"customer","code":"unknown_customer"`)
	for _, who := range []person{w.acme.rep2, w.globex.admin} {
		w.get(t, who, path).want(t, http.StatusNotFound)
		w.post(t, who, path+"/run", ``).want(t, http.StatusNotFound)
	}
	w.post(t, rep, path+"/run", ``).want(t, http.StatusAccepted)
	w.runImport(t, w.acme, id)
	w.get(t, rep, path+"/rows?outcome=created").want(t, http.StatusOK, `"record_id":"con_`)
	w.get(t, rep, path+"/rejected").want(t, http.StatusOK, "李雷")
	w.get(t, rep, "/v1/exports/contacts").want(t, http.StatusOK, "王芳,云帆科技", "+8613800138000; +14155552671")
	book := w.get(t, rep, "/v1/exports/contacts?format=vcard").want(t, http.StatusOK, "FN:王芳\r\n", "ORG:云帆科技", "TEL;TYPE=CELL,PREF:+8613800138000", "!colleague")
	if book.Header().Get("Content-Type") != "text/vcard; charset=utf-8" || book.Header().Get("Content-Disposition") != `attachment; filename="contacts.vcf"` {
		t.Errorf("%v", book.Header())
	}
	w.get(t, rep, "/v1/exports/customers?format=vcard").want(t, http.StatusUnprocessableEntity, `"field":"format"`)
	var people struct{ Data []struct{ ID string } }
	w.get(t, rep, "/v1/contacts").into(t, &people)
	card := "/v1/contacts/" + people.Data[0].ID + "/card"
	w.get(t, rep, card).want(t, http.StatusOK, "FN:王芳\r\n", "UID:con_")
	w.get(t, w.acme.rep2, card).want(t, http.StatusNotFound, "!王芳")
	w.get(t, w.globex.admin, card).want(t, http.StatusNotFound, "!王芳")
	w.get(t, person{}, card).want(t, http.StatusUnauthorized)
	w.get(t, rep, "/v1/exports/contacts?filter=name=%22nobody%22").want(t, http.StatusOK, "!王芳")
	w.get(t, rep, "/v1/exports/contacts?filter=colour=red").want(t, http.StatusUnprocessableEntity, `"field":"filter"`)
	w.get(t, w.globex.admin, "/v1/exports/contacts").want(t, http.StatusOK, "!王芳")
	w.get(t, w.acme.rep2, "/v1/exports/contacts").want(t, http.StatusOK, "!王芳")
	w.get(t, person{}, "/v1/exports/contacts").want(t, http.StatusUnauthorized)
}

// On the free plan, by whoever may make such records, and with customers within their reach.
func TestDealsTasksAndInteractionsComeIn(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	w.customer(t, rep, `{"name":"云帆科技"}`)
	w.customer(t, w.acme.rep2, `{"name":"华信软件"}`)
	for _, c := range []struct{ resource, noun, id, file string }{
		{"deals", "deal", "deal_", "商机名称,客户,金额\nERP,云帆科技,2万\nx,华信软件,\n"},
		{"tasks", "task", "tsk_", "任务,客户,截止时间\n回访,云帆科技,2026-03-20\nx,华信软件,\n"},
		{"interactions", "interaction", "int_", "客户,沟通方式,沟通时间,沟通内容\n云帆科技,电话,2026-02-20,谈了\n华信软件,电话,2026-02-20,谈了\n"},
	} {
		w.sendFile(t, person{}, "/v1/imports?resource="+c.resource, "a.csv", c.file).want(t, http.StatusUnauthorized)
		id := w.sendFile(t, rep, "/v1/imports?resource="+c.resource, "a.csv", c.file).want(t, http.StatusCreated, `"field":"customer","sure":true`).id(t)
		path := "/v1/imports/" + id
		w.patch(t, rep, path, `{}`).want(t, http.StatusOK, `"`+c.noun+`":{`, "云帆科技", `"code":"unknown_customer"`, `"created":1`, `"rejected":1`)
		w.patch(t, rep, path, `{"options":{"mode":"update","key":"phone"}}`).want(t, http.StatusUnprocessableEntity, `"field":"options.`)
		for _, who := range []person{w.acme.rep2, w.globex.admin} {
			w.get(t, who, path).want(t, http.StatusNotFound)
			w.post(t, who, path+"/run", ``).want(t, http.StatusNotFound)
		}
		w.post(t, rep, path+"/run", ``).want(t, http.StatusAccepted)
		w.runImport(t, w.acme, id)
		w.get(t, rep, path+"/rows?outcome=created").want(t, http.StatusOK, `"record_id":"`+c.id)
		w.get(t, rep, path+"/rejected").want(t, http.StatusOK, "华信软件", "!云帆科技")
		w.get(t, rep, "/v1/"+c.resource+"?count=true").want(t, http.StatusOK, `"total":1`)
		w.get(t, w.acme.rep2, "/v1/"+c.resource+"?count=true").want(t, http.StatusOK, `"total":0`)
		w.post(t, rep, path+"/undo", ``).want(t, http.StatusAccepted)
		w.runImport(t, w.acme, id)
		w.get(t, rep, "/v1/"+c.resource+"?count=true").want(t, http.StatusOK, `"total":0`)
	}
}
