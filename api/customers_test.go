package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestCustomers(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	made := w.post(t, rep, "/v1/customers", `{"name":"云帆科技","phone":"138 0013 8000","email":"Wang@YUNFAN.example","tags":["VIP","export"]}`).
		want(t, http.StatusCreated, `"phone":"+8613800138000"`, `"email":"Wang@yunfan.example"`, `"lifecycle":"potential"`, rep.id)
	id := made.id(t)
	if location := made.Header().Get("Location"); location != "/v1/customers/"+id {
		t.Errorf("Location %q", location)
	}
	path := "/v1/customers/" + id
	t.Run("read", func(t *testing.T) {
		if etag := w.get(t, rep, path).want(t, http.StatusOK, id).Header().Get("ETag"); etag != `"1"` {
			t.Errorf("ETag %s", etag)
		}
	})
	t.Run("lost update", func(t *testing.T) {
		w.patch(t, rep, path, `{"industry":"software"}`, "If-Match", `"1"`).want(t, http.StatusOK, `"industry":"software"`)
		w.patch(t, rep, path, `{"industry":"other"}`, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed, `"stale"`)
		w.del(t, rep, path, "If-Match", `"1"`).want(t, http.StatusPreconditionFailed)
	})
	t.Run("null clears, absent stays", func(t *testing.T) {
		w.patch(t, rep, path, `{"phone":null}`).want(t, http.StatusOK, `"phone":null`, `"industry":"software"`)
		w.patch(t, rep, path, `{"name":null}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)
	})
	t.Run("find", func(t *testing.T) {
		for _, query := range []string{
			"q=云帆", "q=yf", "q=yunfan", `filter=tags:"vip"`, `filter=owner%20=%20me`, `filter=lifecycle%20=%20"potential"&count=true`,
			"order_by=name", "order_by=updated_at%20desc&limit=1",
		} {
			w.get(t, rep, "/v1/customers?"+query).want(t, http.StatusOK, id)
			w.get(t, w.acme.rep2, "/v1/customers?"+query).want(t, http.StatusOK, "!"+id)
			w.get(t, w.globex.admin, "/v1/customers?"+query).want(t, http.StatusOK, "!"+id)
		}
	})
	t.Run("bad input", func(t *testing.T) {
		for _, c := range []struct {
			method, path, body string
			status             int
			texts              []string
		}{
			{"POST", "/v1/customers", `{}`, 422, []string{`"field":"name"`, `"required"`}},
			{"POST", "/v1/customers", `{"name":"  "}`, 422, []string{`"field":"name"`}},
			{"POST", "/v1/customers", `{"name":7}`, 422, []string{`"field":"name"`, "string"}},
			{"POST", "/v1/customers", `{"name":"x","colour":"red"}`, 422, []string{`"field":"colour"`, `"unknown"`, "!red"}},
			{"POST", "/v1/customers", `{"name":"x","phone":"12"}`, 422, []string{`"field":"phone"`}},
			{"POST", "/v1/customers", `{"name":"x","email":"hunter2"}`, 422, []string{`"field":"email"`, "!hunter2"}},
			{"POST", "/v1/customers", `{"name":"x","lifecycle":"dead"}`, 422, []string{`"field":"lifecycle"`}},
			{"POST", "/v1/customers", `{"name":"x","owner_id":"` + w.acme.rep2.id + `"}`, 422, []string{`"field":"owner_id"`}},
			{"POST", "/v1/customers", `{"name":"x","owner_id":"` + w.globex.rep.id + `"}`, 422, []string{`"field":"owner_id"`}},
			{"POST", "/v1/customers", `{"name":"` + strings.Repeat("长", 201) + `"}`, 422, []string{`"field":"name"`}},
			{"POST", "/v1/customers", `{"name":"x"`, 400, []string{`"malformed"`}},
			{"POST", "/v1/customers", `not json`, 400, []string{`"malformed"`}},
			{"POST", "/v1/customers", `{"name":"` + strings.Repeat("x", 3<<20) + `"}`, 413, []string{`"too_large"`}},
			{"GET", "/v1/customers?filter=colour=1", "", 422, []string{`"field":"filter"`, "lifecycle"}},
			{"GET", "/v1/customers?filter=name%20=", "", 422, []string{`"field":"filter"`}},
			{"GET", "/v1/customers?order_by=note", "", 422, []string{`"field":"order_by"`, "updated_at"}},
			{"GET", "/v1/customers?limit=0", "", 422, []string{`"field":"limit"`}},
			{"GET", "/v1/customers?limit=abc", "", 422, []string{`"field":"limit"`}},
			{"GET", "/v1/customers?cursor=zzz", "", 422, []string{`"field":"cursor"`}},
			{"GET", "/v1/customers?page=2", "", 422, []string{`"field":"page"`}},
			{"GET", "/v1/customers/tsk_01h455vb4pex5vsknk084sn02q", "", 422, []string{`"field":"id"`}},
			{"GET", "/v1/customers/cus_01h455vb4pex5vsknk084sn02q", "", 404, []string{`"not_found"`}},
			{"PATCH", path, `{"name":"x","id":"cus_01h455vb4pex5vsknk084sn02q"}`, 422, []string{`"field":"id"`}},
		} {
			a := w.do(t, rep, c.method, c.path, c.body).want(t, c.status, c.texts...)
			if a.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %s", a.request, a.Header().Get("Content-Type"))
			}
		}
		w.do(t, rep, "POST", "/v1/customers", `name=x`, "Content-Type", "application/x-www-form-urlencoded").want(t, http.StatusUnsupportedMediaType)
	})
	t.Run("a cursor fits only its list", func(t *testing.T) {
		w.post(t, rep, "/v1/customers", `{"name":"second"}`).want(t, http.StatusCreated)
		var page struct {
			Next *string `json:"next_cursor"`
		}
		w.get(t, rep, "/v1/customers?limit=1").want(t, http.StatusOK).into(t, &page)
		if page.Next == nil {
			t.Fatal("no next page")
		}
		w.get(t, rep, "/v1/customers?limit=1&cursor="+*page.Next).want(t, http.StatusOK, id)
		w.get(t, rep, "/v1/customers?order_by=name&cursor="+*page.Next).want(t, http.StatusUnprocessableEntity, `"field":"cursor"`)
		w.get(t, w.acme.manager, "/v1/customers?cursor="+*page.Next).want(t, http.StatusUnprocessableEntity)
		w.get(t, w.globex.rep, "/v1/customers?cursor="+*page.Next).want(t, http.StatusUnprocessableEntity)
		w.get(t, rep, "/v1/interactions?cursor="+*page.Next).want(t, http.StatusUnprocessableEntity)
	})
	t.Run("lifecycle", func(t *testing.T) {
		w.post(t, rep, path+"/lifecycle", `{"to":"potential"}`).want(t, http.StatusConflict, `"illegal_lifecycle_move"`, "interested")
		w.post(t, rep, path+"/lifecycle", `{"to":"lost"}`).want(t, http.StatusUnprocessableEntity, `"field":"reason"`)
		w.post(t, rep, path+"/lifecycle", `{"to":"won"}`).want(t, http.StatusOK, `"lifecycle":"won"`)
		w.get(t, rep, path+"/lifecycle").want(t, http.StatusOK, `"from":"potential"`, `"to":"won"`)
		w.get(t, rep, "/v1/lifecycle").want(t, http.StatusOK, `"label":{"zh":"流失","en":"Lost"}`, `{"from":"won","to":"lost","needs_reason":true}`)
		const only = `{"lifecycle":{"moves":[{"from":"won","to":"lost","needs_reason":false}]}}`
		w.patch(t, w.acme.manager, "/v1/company/settings", only).want(t, http.StatusForbidden)
		w.patch(t, w.acme.admin, "/v1/company/settings", `{"lifecycle":{"moves":[{"from":"won","to":"won","needs_reason":false}]}}`).
			want(t, http.StatusUnprocessableEntity, `"field":"lifecycle.moves[0].to"`)
		for _, bad := range []string{`{"lifecycle":null}`, `{"lifecycle":{}}`, `{"lifecycle":{"moves":[{"from":"customer","to":"won","needs_reason":false}]}}`} {
			w.patch(t, w.acme.admin, "/v1/company/settings", bad).want(t, http.StatusUnprocessableEntity)
		}
		w.patch(t, w.acme.admin, "/v1/company/settings", only).want(t, http.StatusOK, only[1:len(only)-1])
		w.get(t, rep, "/v1/lifecycle").want(t, http.StatusOK, `"moves":[{"from":"won","to":"lost","needs_reason":false}]`)
		w.post(t, rep, path+"/lifecycle", `{"to":"interested"}`).want(t, http.StatusConflict, "Allowed from there: lost")
		w.get(t, w.acme.admin, "/v1/audit-log?types=company.settings_changed").want(t, http.StatusOK, `"field":"lifecycle"`, `!"field":"pool"`)
		w.get(t, w.globex.rep, "/v1/lifecycle").want(t, http.StatusOK, `"from":"potential"`)
		w.get(t, person{}, "/v1/lifecycle").want(t, http.StatusUnauthorized)
	})
	t.Run("parts and places", func(t *testing.T) {
		part := w.customer(t, rep, `{"name":"Branch","parent_id":"`+id+`","country":"CN","region":"华东","city":"上海市","postal_code":"200120"}`)
		w.get(t, rep, `/v1/customers?filter=parent="`+id+`"+AND+region="华东"+AND+country=CN`).want(t, http.StatusOK, part, `"postal_code":"200120"`)
		w.patch(t, rep, path, `{"parent_id":"`+part+`"}`).want(t, http.StatusUnprocessableEntity, `"field":"parent_id"`, `"circular"`)
		w.post(t, w.acme.rep2, "/v1/customers", `{"name":"x","parent_id":"`+id+`"}`).want(t, http.StatusUnprocessableEntity, `"field":"parent_id"`, `"unknown"`)
		w.patch(t, rep, "/v1/customers/"+part, `{"country":"Mars"}`).want(t, http.StatusUnprocessableEntity)
		w.patch(t, rep, "/v1/customers/"+part, `{"country":"ZZ"}`).want(t, http.StatusUnprocessableEntity, `"field":"country"`)
		w.patch(t, rep, "/v1/customers/"+part, `{"parent_id":null,"country":null}`).want(t, http.StatusOK, `"parent_id":null`, `"country":""`)
		w.del(t, rep, "/v1/customers/"+part).want(t, http.StatusNoContent)
	})
	t.Run("delete", func(t *testing.T) {
		w.del(t, w.acme.rep2, path).want(t, http.StatusNotFound)
		w.del(t, rep, path).want(t, http.StatusNoContent)
		w.get(t, rep, path).want(t, http.StatusNotFound)
		w.get(t, w.acme.admin, "/v1/customers").want(t, http.StatusOK, "!"+id)
	})
	t.Run("hand over", func(t *testing.T) {
		other := w.post(t, rep, "/v1/customers", `{"name":"Handed over"}`).want(t, http.StatusCreated).id(t)
		give := fmt.Sprintf(`{"owner_id":%q}`, w.acme.rep2.id)
		w.patch(t, rep, "/v1/customers/"+other, give).want(t, http.StatusUnprocessableEntity, `"field":"owner_id"`)
		w.patch(t, w.acme.manager, "/v1/customers/"+other, give).want(t, http.StatusOK, w.acme.rep2.id)
		w.get(t, rep, "/v1/customers/"+other).want(t, http.StatusNotFound)
		w.get(t, w.acme.rep2, "/v1/customers/"+other).want(t, http.StatusOK)
	})
}

func TestIdempotency(t *testing.T) {
	w := newWorld(t)
	rep := w.acme.rep
	body := `{"name":"Only once"}`
	first := w.post(t, rep, "/v1/customers", body, "Idempotency-Key", `"k-1"`).want(t, http.StatusCreated)
	again := w.post(t, rep, "/v1/customers", body, "Idempotency-Key", "k-1").want(t, http.StatusCreated)
	if first.Body.String() != again.Body.String() || first.Header().Get("ETag") != again.Header().Get("ETag") {
		t.Errorf("the repeat differs: %s / %s", first.Body, again.Body)
	}
	w.get(t, rep, "/v1/customers?count=true").want(t, http.StatusOK, `"total":1`)
	w.post(t, rep, "/v1/customers", `{"name":"Other"}`, "Idempotency-Key", "k-1").want(t, http.StatusUnprocessableEntity, `"idempotency_key_reused"`)
	w.post(t, w.acme.rep2, "/v1/customers", `{"name":"Other"}`, "Idempotency-Key", "k-1").want(t, http.StatusCreated)
	w.post(t, rep, "/v1/tasks", `{"title":"Other route"}`, "Idempotency-Key", "k-1").want(t, http.StatusCreated)
	w.post(t, rep, "/v1/customers", body, "Idempotency-Key", strings.Repeat("k", 256)).want(t, http.StatusBadRequest, `"idempotency_key_invalid"`)
	w.post(t, rep, "/v1/customers", `{"name":""}`, "Idempotency-Key", "k-2").want(t, http.StatusUnprocessableEntity)
	w.post(t, rep, "/v1/customers", `{"name":"Mended"}`, "Idempotency-Key", "k-2").want(t, http.StatusCreated)
}

func TestRateLimit(t *testing.T) {
	w := newWorld(t)
	limited := false
	for range 700 {
		a := w.get(t, w.acme.rep, "/v1/tags")
		if a.Code == http.StatusTooManyRequests {
			a.want(t, http.StatusTooManyRequests, `"rate_limited"`)
			if a.Header().Get("Retry-After") == "" || a.Header().Get("RateLimit-Policy") == "" {
				t.Errorf("headers: %v", a.Header())
			}
			limited = true
			break
		}
	}
	if !limited {
		t.Error("700 requests of one person at once were all allowed on the free plan")
	}
	w.get(t, w.globex.rep, "/v1/tags").want(t, http.StatusOK)
}
