package feishu_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/plugins"
	"github.com/guanxi-crm/guanxi/plugins/feishu"
)

func TestJudge(t *testing.T) {
	reset := http.Header{}
	reset.Set("x-ogw-ratelimit-reset", "17")
	retry := http.Header{"Retry-After": {"9"}}
	const gateway = `{"code":99991400,"msg":"request trigger frequency limit"}`
	for _, tc := range []struct {
		name   string
		status int
		header http.Header
		body   string
		want   string // the start of the verdict
		code   string
		gone   bool
	}{
		{"success", 200, nil, `{"code":0,"msg":"success","data":{},"Extra":null,"StatusCode":0,"StatusMessage":"success"}`, "", "", false},
		{"success without the old fields", 200, nil, `{"code":0,"msg":"success"}`, "", "", false},
		{"old success", 200, nil, `{"Extra":null,"StatusCode":0,"StatusMessage":"success"}`, "", "", false},
		{"failure that looks old", 200, nil, `{"code":19001,"msg":"x","StatusCode":0}`, "rejected", plugins.CodeToken, true},
		{"old failure", 200, nil, `{"StatusCode":1,"StatusMessage":"x"}`, "failed", plugins.CodeAnswer, false},
		{"bot throttled", 200, nil, `{"code":11232,"msg":"frequency limited"}`, "throttled for 1m0s", "", false},
		{"9499 too many", 200, nil, `{"code":9499,"msg":"Too Many Request"}`, "throttled for 1m0s", "", false},
		{"9499 bad request", 200, nil, `{"code":9499,"msg":"Bad Request"}`, "rejected", plugins.CodeContent, false},
		{"gateway 429", 429, reset, gateway, "throttled for 17s: Feishu answered 99991400", "", false},
		{"gateway 400", 400, reset, gateway, "throttled for 17s", "", false},
		{"429 without a body", 429, retry, ``, "throttled for 9s: Feishu answered with status 429", "", false},
		{"message type", 200, nil, `{"code":19002,"msg":"param invalid: msg_type"}`, "rejected", plugins.CodeContent, false},
		{"switched off", 200, nil, `{"code":19007,"msg":"Bot Not Enabled"}`, "rejected", plugins.CodeGone, true},
		{"signature", 200, nil, `{"code":19021,"msg":"sign match fail"}`, "rejected", plugins.CodeSignature, false},
		{"address", 200, nil, `{"code":19022,"msg":"Ip Not Allowed"}`, "rejected", plugins.CodeSenderIP, false},
		{"keyword", 200, nil, `{"code":19024,"msg":"Key Words Not Found"}`, "rejected", plugins.CodeKeyword, false},
		{"unknown code", 200, nil, `{"code":777,"msg":"?"}`, "failed: Feishu answered 777 ?", plugins.CodeBusy, false},
		{"400 with a code", 400, nil, `{"code":19001,"msg":"x"}`, "rejected", plugins.CodeToken, true},
		{"no JSON", 200, nil, `<html>`, "failed", plugins.CodeAnswer, false},
		{"empty", 200, nil, ``, "failed", plugins.CodeAnswer, false},
		{"502 that claims success", 502, nil, `{"code":0}`, "failed", plugins.CodeStatus, false},
		{"redirect", 302, nil, ``, "failed", plugins.CodeStatus, false},
	} {
		err := feishu.New(feishu.Options{}).Judge(plugins.Response{Status: tc.status, Header: tc.header, Body: []byte(tc.body)}, now)
		if (err == nil) != (tc.want == "") || err != nil && !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
			continue
		}
		var (
			rejected *plugins.Rejected
			failed   *plugins.Failed
		)
		switch {
		case errors.As(err, &rejected) && (rejected.Code != tc.code || rejected.Disable != tc.gone):
			t.Errorf("%s: %+v, want code %s, disable %v", tc.name, rejected, tc.code, tc.gone)
		case errors.As(err, &failed) && failed.Code != tc.code:
			t.Errorf("%s: %+v, want code %s", tc.name, failed, tc.code)
		}
	}
}
