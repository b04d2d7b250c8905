package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestDuplicates(t *testing.T) {
	w := newWorld(t)
	mine := w.customer(t, w.acme.rep, `{"name":"上海云帆科技有限公司","phone":"13800138000"}`)
	theirs := w.customer(t, w.acme.rep2, `{"name":"华信软件","phone":"13900139000"}`)
	const check, draft = "/v1/customers/check-duplicates", `{"name":"云帆科技","phone":"139 0013 9000"}`
	w.post(t, person{}, check, draft).want(t, http.StatusUnauthorized)
	w.post(t, w.globex.admin, check, draft).want(t, http.StatusOK, `"data":[]`)
	w.post(t, w.acme.rep, check, draft).want(t, http.StatusOK, mine, `"name":"华信**"`, `139****9000`, `"owner_name":"Acme rep 2"`, "!"+theirs, "!华信软件", "!13900139000")
	w.post(t, w.acme.rep, check, `{"colour":"red"}`).want(t, http.StatusUnprocessableEntity)
	w.post(t, w.acme.rep, check, `{"name":"`+strings.Repeat("x", 201)+`"}`).want(t, http.StatusUnprocessableEntity, `"field":"name"`)

	body := `{"name":"云帆科技（上海）","phone":"13800138000"}`
	w.post(t, w.acme.rep2, "/v1/customers?duplicates=refuse", body).
		want(t, http.StatusConflict, `"possible_duplicates"`, `"name":"上海**"`, `"by":["phone","name"]`, "!"+mine, "!+8613800138000")
	w.get(t, w.acme.rep2, "/v1/customers").want(t, http.StatusOK, "!云帆")
	w.post(t, w.acme.rep2, "/v1/customers?duplicates=refuse", `{"name":"New","phone":"13700137000"}`).want(t, http.StatusCreated)
	w.post(t, w.acme.rep2, "/v1/customers?duplicates=maybe", body).want(t, http.StatusUnprocessableEntity, `"field":"duplicates"`)
	twin := w.customer(t, w.acme.rep2, body)

	w.get(t, w.acme.rep, "/v1/duplicates").want(t, http.StatusOK, `"data":[]`, `"next_cursor":null`)
	w.get(t, w.acme.manager, "/v1/duplicates").want(t, http.StatusOK, `"by":"phone"`, mine, twin)
	w.get(t, w.acme.manager, "/v1/duplicates?cursor=x").want(t, http.StatusUnprocessableEntity, `"field":"cursor"`)
	pair := fmt.Sprintf(`{"ids":[%q,%q]}`, mine, twin)
	w.post(t, w.acme.rep, "/v1/duplicates/dismiss", pair).want(t, http.StatusNotFound)
	w.post(t, w.acme.manager, "/v1/duplicates/dismiss", pair).want(t, http.StatusOK, `"pairs":1`)
	w.get(t, w.acme.manager, "/v1/duplicates").want(t, http.StatusOK, `"data":[]`)
	w.get(t, w.acme.manager, "/v1/duplicates?dismissed=true").want(t, http.StatusOK, mine)
	w.post(t, w.acme.manager, "/v1/duplicates/restore", pair).want(t, http.StatusOK, `"pairs":1`)
	w.get(t, w.acme.manager, "/v1/duplicates").want(t, http.StatusOK, mine)
}

// TestProbingIsSlow asks for colleagues' customers as often as one may, and once more.
func TestProbingIsSlow(t *testing.T) {
	w := newWorld(t)
	var refused answer
	for i := range 60 {
		if refused = w.post(t, w.acme.rep, "/v1/customers/check-duplicates", fmt.Sprintf(`{"phone":"138001380%02d"}`, i)); refused.Code != http.StatusOK {
			if i < 30 {
				t.Fatalf("refused after %d", i)
			}
			break
		}
	}
	refused.want(t, http.StatusTooManyRequests, `"rate_limited"`)
	w.post(t, w.acme.rep, "/v1/customers?duplicates=refuse", `{"name":"x"}`).want(t, http.StatusTooManyRequests)
	w.post(t, w.acme.rep, "/v1/customers", `{"name":"x"}`).want(t, http.StatusCreated)
	for range 40 {
		w.post(t, w.acme.admin, "/v1/customers/check-duplicates", `{"phone":"13800138000"}`).want(t, http.StatusOK)
	}
}
