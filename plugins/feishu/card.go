package feishu

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/guanxi-crm/guanxi/plugins"
)

// The vendor's limits: of the whole body in bytes, and of a title that still shows in full.
const (
	maxBodyBytes  = 20_000
	maxTitleRunes = 100
)

// botMessage is a card of JSON 1.0:
// https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-structure
type botMessage struct {
	Timestamp string `json:"timestamp,omitempty"`
	Sign      string `json:"sign,omitempty"`
	MsgType   string `json:"msg_type"`
	Card      card   `json:"card"`
}

type card struct {
	Config   cardConfig `json:"config"`
	Header   cardHeader `json:"header"`
	Elements []element  `json:"elements"`
}

type cardConfig struct {
	WideScreen bool `json:"wide_screen_mode"`
}

type cardHeader struct {
	Title    cardText `json:"title"`
	Template string   `json:"template"`
}

type cardText struct {
	Tag     string `json:"tag"`
	Content string `json:"content"`
}

// element is a div with Text or an action with Actions.
type element struct {
	Tag     string    `json:"tag"`
	Text    *cardText `json:"text,omitempty"`
	Actions []button  `json:"actions,omitempty"`
}

type button struct {
	Tag  string   `json:"tag"`
	Text cardText `json:"text"`
	URL  string   `json:"url"`
	Type string   `json:"type"`
}

// Body returns the JSON of a card of at most 20,000 bytes, signed for the time now when s has a secret. A
// message with too many lines loses the last ones and says how many. It returns an error that wraps
// [plugins.ErrMessageTooLong].
func Body(m plugins.Message, s Settings, now time.Time) ([]byte, error) {
	return plugins.Fit(m, maxBodyBytes, func(m plugins.Message) ([]byte, error) {
		message := botMessage{MsgType: "interactive", Card: newCard(m, s)}
		if s.Secret != "" {
			message.Timestamp = strconv.FormatInt(now.Unix(), 10)
			message.Sign = Sign(s.Secret, now.Unix())
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		err := enc.Encode(message)
		return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
	})
}

func newCard(m plugins.Message, s Settings) card {
	c := card{
		Config: cardConfig{WideScreen: true},
		Header: cardHeader{Title: cardText{"plain_text", plugins.OneLine(m.Title, maxTitleRunes)}, Template: "blue"},
	}
	text := content(m, s)
	if text == "" { // a header alone is no card
		text = escape(c.Header.Title.Content)
	}
	c.Elements = append(c.Elements, element{Tag: "div", Text: &cardText{"lark_md", text}})
	if link := plugins.LinkURL(m.Link); link != "" {
		c.Elements = append(c.Elements, element{Tag: "action", Actions: []button{{
			Tag: "button", Text: cardText{"plain_text", m.LinkLabel()}, URL: link, Type: "primary",
		}}})
	}
	return c
}

// content renders the lines, the mentions and, where it is missing, the bot's keyword.
func content(m plugins.Message, s Settings) string {
	var lines []string
	for _, l := range m.Lines {
		lines = append(lines, line(l, m.Colon()))
	}
	if mentions := s.At.mentions(); mentions != "" {
		lines = append(lines, mentions)
	}
	whole := strings.Join(lines, "\n")
	if !strings.Contains(m.Title+"\n"+whole, s.Keyword) {
		whole = strings.TrimPrefix(whole+"\n"+s.Keyword, "\n")
	}
	return whole
}

func line(l plugins.Line, colon string) string {
	body := escape(l.Text)
	if link := plugins.LinkURL(l.Link); link != "" && body != "" {
		body = "[" + body + "](" + link + ")"
	}
	if l.Label == "" {
		return body
	}
	return "**" + escape(l.Label) + "**" + colon + body
}

func (a At) mentions() string {
	var tags strings.Builder
	for _, id := range a.OpenIDs {
		tags.WriteString("<at id=" + id + "></at>")
	}
	if a.All {
		tags.WriteString("<at id=all></at>")
	}
	return tags.String()
}
