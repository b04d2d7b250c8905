package api_test

import (
	"net/http"
	"strings"
	"testing"
)

const signUpBody = `{"company":{"name":"Initech"},"name":"Bill","email":"bill@initech.example","password":"correct horse battery"}`

func TestSignUp(t *testing.T) {
	w := newEmptyWorld(t)
	var out struct {
		tokens
		Company struct{ ID, Locale, Timezone string }
	}
	w.post(t, person{}, "/v1/signup", signUpBody, "User-Agent", "test/1").want(t, http.StatusCreated,
		`"token_type":"Bearer"`, `"expires_in":900`, `"locale":"zh-CN"`, `"plan":"free"`, `"email":"bill@initech.example"`,
		"!password", "!$schema").into(t, &out)
	bill := out.person("bill@initech.example")
	w.get(t, bill, "/v1/me").want(t, http.StatusOK, `"roles":["admin"]`, `"customer:read":"all"`, `"plan":"free"`, `"features":["free"`)
	w.get(t, bill, "/v1/sessions").want(t, http.StatusOK, `"user_agent":"test/1"`, `"current":true`)
	w.get(t, bill, "/v1/roles").want(t, http.StatusOK, "普通销售员", `"id":"manager"`)
	w.get(t, bill, "/v1/rules").want(t, http.StatusOK, `"built_in":"silence_potential"`)
	w.post(t, person{}, "/v1/signup", signUpBody).want(t, http.StatusConflict, `"code":"email_taken"`)
}

func TestSignUpRepeated(t *testing.T) {
	w := newEmptyWorld(t)
	var first, again struct {
		tokens
		Company struct{ ID string }
	}
	w.post(t, person{}, "/v1/signup", signUpBody, "Idempotency-Key", `"k-1"`).want(t, http.StatusCreated).into(t, &first)
	w.post(t, person{}, "/v1/signup", signUpBody, "Idempotency-Key", "k-1").want(t, http.StatusCreated).into(t, &again)
	if again.Company.ID != first.Company.ID || again.User.ID != first.User.ID {
		t.Errorf("a repeat made %+v beside %+v", again, first)
	}
	w.get(t, again.person(""), "/v1/me").want(t, http.StatusOK)
	w.post(t, person{}, "/v1/signup", strings.Replace(signUpBody, "Bill", "Will", 1), "Idempotency-Key", "k-1").
		want(t, http.StatusUnprocessableEntity, `"code":"idempotency_key_reused"`)
}

func TestSignUpInput(t *testing.T) {
	w := newEmptyWorld(t)
	for name, c := range map[string]struct {
		old, replacement string
		status           int
		texts            []string
	}{
		"no company":      {`"company":{"name":"Initech"},`, ``, 422, []string{`"field":"company"`, `"code":"required"`}},
		"no company name": {`{"name":"Initech"}`, `{}`, 422, []string{`"field":"company.name"`}},
		"blank name":      {`"Bill"`, `" "`, 422, []string{`"field":"name"`}},
		"bad e-mail":      {`bill@initech.example`, `bill`, 422, []string{`"field":"email"`, `"code":"invalid"`}},
		"short password":  {`correct horse battery`, `s3cr3t!`, 422, []string{`"field":"password"`, "!s3cr3t"}},
		"common password": {`correct horse battery`, `woaini1314`, 422, []string{`"field":"password"`, "!woaini1314"}},
		"wrong type":      {`"correct horse battery"`, `12345678`, 422, []string{`"field":"password"`, "!12345678"}},
		"unknown field":   {`"name":"Bill"`, `"name":"Bill","admin":true`, 422, []string{`"field":"admin"`}},
		"unknown zone":    {`"name":"Bill"`, `"name":"Bill","timezone":"Mars"`, 422, []string{`"field":"timezone"`}},
		"unknown locale":  {`"name":"Bill"`, `"name":"Bill","locale":"fr"`, 422, []string{`"field":"locale"`}},
		"broken":          {`}`, ``, 400, []string{`"code":"malformed"`}},
	} {
		t.Run(name, func(t *testing.T) {
			w.post(t, person{}, "/v1/signup", strings.Replace(signUpBody, c.old, c.replacement, 1)).want(t, c.status, c.texts...)
		})
	}
}
