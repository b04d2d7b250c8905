package api_test

import (
	"net/http"
	"testing"
)

func TestNotificationPreferences(t *testing.T) {
	const path = "/v1/me/notification-preferences"
	w := newWorld(t)
	rep := w.acme.rep
	w.get(t, rep, path).want(t, http.StatusOK, `"kind":"task.due","label":"A task of mine is due","urgent":true,"in_app":true,"email":true`, `"quiet_hours":null,"digest_hour":null`)
	w.patch(t, rep, path, `{"kinds":{"task.due":{"email":false}},"quiet_hours":{"from":"22:00","until":"08:00"},"digest_hour":0}`).
		want(t, http.StatusOK, `"urgent":true,"in_app":true,"email":false`, `"until":"08:00"`, `"digest_hour":0`)
	w.get(t, w.acme.rep2, path).want(t, http.StatusOK, `"quiet_hours":null`, `"urgent":true,"in_app":true,"email":true`)
	w.patch(t, rep, path, `{"quiet_hours":null,"digest_hour":null}`).want(t, http.StatusOK, `"quiet_hours":null,"digest_hour":null`, `"email":false`)
	w.patch(t, rep, path, `{"kinds":{"task.due":{"bot":false}}}`).want(t, http.StatusOK, `"email":false,"bot":false`)
	bot := w.post(t, w.acme.admin, "/v1/plugins", `{"vendor":"dingtalk","name":"sales","settings":{"access_token":"0123456789abcdef"}}`).want(t, http.StatusCreated).id(t)
	const settings = "/v1/company/settings"
	w.patch(t, w.acme.admin, settings, `{"notifications":{"bot_id":"`+bot+`"}}`).want(t, http.StatusOK, `"bot_id":"`+bot+`"`)
	w.patch(t, w.globex.admin, settings, `{"notifications":{"bot_id":"`+bot+`"}}`).want(t, http.StatusUnprocessableEntity, `"field":"notifications.bot_id"`)
	w.patch(t, w.acme.admin, settings, `{"notifications":{"bot_id":""}}`).want(t, http.StatusOK, `"bot_id":""`)
	for name, c := range map[string]struct {
		who    person
		body   string
		status int
		text   string
	}{
		"signed out":   {person{}, `{}`, 401, "unauthenticated"},
		"unknown kind": {rep, `{"kinds":{"weather":{"email":true}}}`, 422, `"field":"kinds.weather"`},
		"channel":      {rep, `{"kinds":{"task.due":{"pigeon":true}}}`, 422, `"field":"kinds.task.due.pigeon"`},
		"clock":        {rep, `{"quiet_hours":{"from":"9","until":"08:00"}}`, 422, `"field":"quiet_hours.from"`},
		"hour":         {rep, `{"digest_hour":24}`, 422, `"field":"digest_hour"`},
		"half":         {rep, `{"digest_hour":8.5}`, 422, `"field":"digest_hour"`},
	} {
		t.Run(name, func(t *testing.T) {
			w.patch(t, c.who, path, c.body).want(t, c.status, c.text)
		})
	}
}
