SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.audit_is_written_once() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'the audit is written once'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.address (
    id integer NOT NULL,
    member_id integer NOT NULL,
    account character varying NOT NULL,
    external character varying NOT NULL,
    dialog json,
    unreachable character varying NOT NULL,
    window_until timestamp with time zone,
    allowance integer NOT NULL,
    no_templates boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.address_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.address_id_seq OWNED BY public.address.id;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.alert_subscription (
    id integer NOT NULL,
    address_id integer NOT NULL,
    endpoint character varying NOT NULL,
    p256dh character varying NOT NULL,
    auth character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.alert_subscription_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.alert_subscription_id_seq OWNED BY public.alert_subscription.id;
CREATE TABLE public.announcement (
    translations json NOT NULL,
    id integer NOT NULL,
    station_id integer NOT NULL,
    team_id integer,
    by_member_id integer,
    audience json NOT NULL,
    text character varying NOT NULL,
    picture_id integer,
    link character varying NOT NULL,
    corrects_id integer,
    first_at timestamp with time zone,
    due_at timestamp with time zone,
    repeat character varying NOT NULL,
    state character varying NOT NULL,
    run integer NOT NULL,
    after_id integer NOT NULL,
    dropping boolean NOT NULL,
    approved_by integer,
    reason character varying NOT NULL,
    urgent character varying NOT NULL,
    counts json NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    released_by integer,
    held_for character varying DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.announcement_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.announcement_id_seq OWNED BY public.announcement.id;
CREATE TABLE public.audit (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    member_id integer,
    act character varying NOT NULL,
    subject character varying NOT NULL,
    station_id integer,
    details json NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.binding_request (
    id integer NOT NULL,
    row_member_id integer NOT NULL,
    member_id integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.binding_request_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.binding_request_id_seq OWNED BY public.binding_request.id;
CREATE TABLE public.club_register (
    id integer NOT NULL,
    station_id integer NOT NULL,
    year integer NOT NULL,
    prefix character varying NOT NULL,
    last integer NOT NULL
);
CREATE SEQUENCE public.club_register_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.club_register_id_seq OWNED BY public.club_register.id;
CREATE TABLE public.daily_count (
    member_id integer NOT NULL,
    day date NOT NULL,
    times integer NOT NULL
);
CREATE TABLE public.delivery (
    id integer NOT NULL,
    key character varying,
    account character varying NOT NULL,
    address_id integer,
    member_id integer,
    topic character varying NOT NULL,
    facts json NOT NULL,
    due_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    leased_until timestamp with time zone,
    attempts integer NOT NULL,
    reason character varying NOT NULL,
    message json,
    reference character varying NOT NULL,
    settled_at timestamp with time zone,
    delivered_at timestamp with time zone,
    read_at timestamp with time zone,
    priority integer NOT NULL,
    announcement_id integer,
    run integer NOT NULL,
    about_member_id integer,
    handed_over boolean DEFAULT false NOT NULL,
    considered_at timestamp with time zone
);
CREATE SEQUENCE public.delivery_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.delivery_id_seq OWNED BY public.delivery.id;
CREATE TABLE public.enterprise (
    translations json NOT NULL,
    id integer NOT NULL,
    code character varying NOT NULL,
    name character varying NOT NULL
);
CREATE SEQUENCE public.enterprise_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.enterprise_id_seq OWNED BY public.enterprise.id;
CREATE TABLE public.event (
    translations json NOT NULL,
    id integer NOT NULL,
    code character varying NOT NULL,
    station_id integer NOT NULL,
    team_id integer,
    category character varying NOT NULL,
    kind character varying NOT NULL,
    title character varying NOT NULL,
    about character varying NOT NULL,
    place character varying NOT NULL,
    map_url character varying NOT NULL,
    bring character varying NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    seats integer,
    state character varying NOT NULL,
    reason character varying NOT NULL,
    held integer NOT NULL,
    waiting integer NOT NULL,
    turns integer NOT NULL,
    by_member_id integer,
    picture_id integer,
    search character varying NOT NULL,
    audience character varying DEFAULT ''::character varying NOT NULL,
    revision integer DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone,
    asked_again_at timestamp with time zone,
    queue_told_at timestamp with time zone
);
CREATE SEQUENCE public.event_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.event_id_seq OWNED BY public.event.id;
CREATE TABLE public.inbox (
    id integer NOT NULL,
    account character varying NOT NULL,
    key character varying NOT NULL,
    address_id integer,
    at timestamp with time zone NOT NULL,
    reply json
);
CREATE SEQUENCE public.inbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;
CREATE TABLE public.invite (
    id integer NOT NULL,
    code_hash character varying NOT NULL,
    role character varying NOT NULL,
    station_id integer NOT NULL,
    team_id integer,
    by_member_id integer,
    expires_at timestamp with time zone NOT NULL,
    role_until timestamp with time zone,
    used_at timestamp with time zone,
    withdrawn_at timestamp with time zone
);
CREATE SEQUENCE public.invite_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.invite_id_seq OWNED BY public.invite.id;
CREATE TABLE public.key (
    name character varying NOT NULL,
    value character varying NOT NULL
);
CREATE TABLE public.member (
    id integer NOT NULL,
    language character varying NOT NULL,
    name character varying NOT NULL,
    consented_at timestamp with time zone,
    station_id integer,
    shift character varying,
    quiet character varying NOT NULL,
    leads json NOT NULL,
    muted json NOT NULL,
    calendar_key character varying NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tail character varying DEFAULT ''::character varying NOT NULL,
    place_asked boolean DEFAULT false NOT NULL,
    staff_number character varying DEFAULT ''::character varying NOT NULL,
    loaded_as character varying DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.member_alias (
    old_id integer NOT NULL,
    member_id integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.member_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.member_id_seq OWNED BY public.member.id;
CREATE TABLE public.member_interest (
    member_id integer NOT NULL,
    interest character varying NOT NULL
);
CREATE TABLE public.membership (
    id integer NOT NULL,
    member_id integer NOT NULL,
    team_id integer NOT NULL,
    joined_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.membership_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.membership_id_seq OWNED BY public.membership.id;
CREATE TABLE public.miss (
    id integer NOT NULL,
    text character varying NOT NULL,
    language character varying NOT NULL,
    count integer NOT NULL,
    last_at timestamp with time zone NOT NULL,
    by_member_id integer
);
CREATE SEQUENCE public.miss_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.miss_id_seq OWNED BY public.miss.id;
CREATE TABLE public.personal_code (
    id integer NOT NULL,
    code_hash character varying NOT NULL,
    kind character varying NOT NULL,
    member_id integer NOT NULL,
    address_id integer,
    other_member_id integer,
    other_address_id integer,
    agreed_at timestamp with time zone,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE SEQUENCE public.personal_code_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.personal_code_id_seq OWNED BY public.personal_code.id;
CREATE TABLE public.picture (
    id integer NOT NULL,
    hash character varying NOT NULL,
    media_type character varying NOT NULL,
    content bytea NOT NULL,
    by integer,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.picture_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.picture_id_seq OWNED BY public.picture.id;
CREATE TABLE public.platform_account (
    account character varying NOT NULL,
    platform character varying NOT NULL,
    is_windowed boolean NOT NULL,
    notifies boolean NOT NULL,
    by_cookie boolean DEFAULT false NOT NULL
);
CREATE TABLE public.reminder (
    id integer NOT NULL,
    signup_id integer NOT NULL,
    member_id integer NOT NULL,
    event_id integer NOT NULL,
    lead integer NOT NULL,
    due_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.reminder_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.reminder_id_seq OWNED BY public.reminder.id;
CREATE TABLE public.role_grant (
    id integer NOT NULL,
    member_id integer NOT NULL,
    role character varying NOT NULL,
    station_id integer NOT NULL,
    team_id integer,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    withdrawn_at timestamp with time zone
);
CREATE SEQUENCE public.role_grant_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.role_grant_id_seq OWNED BY public.role_grant.id;
CREATE TABLE public.signup (
    id integer NOT NULL,
    event_id integer NOT NULL,
    member_id integer,
    state character varying NOT NULL,
    turn integer NOT NULL,
    offered_until timestamp with time zone,
    attended_at timestamp with time zone,
    at timestamp with time zone NOT NULL,
    knows json
);
CREATE SEQUENCE public.signup_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.signup_id_seq OWNED BY public.signup.id;
CREATE TABLE public.speaker (
    name character varying NOT NULL,
    holder character varying NOT NULL,
    until timestamp with time zone NOT NULL,
    halted_until timestamp with time zone,
    trouble character varying DEFAULT ''::character varying NOT NULL
);
CREATE TABLE public.station (
    translations json NOT NULL,
    id integer NOT NULL,
    code character varying NOT NULL,
    kind character varying NOT NULL,
    parent_id integer,
    enterprise_id integer,
    path character varying NOT NULL,
    name character varying NOT NULL,
    address character varying NOT NULL,
    map_url character varying NOT NULL,
    search character varying NOT NULL
);
CREATE SEQUENCE public.station_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.station_id_seq OWNED BY public.station.id;
CREATE TABLE public.subscription_grant (
    address_id integer NOT NULL,
    template character varying NOT NULL,
    times integer NOT NULL
);
CREATE TABLE public.synonym (
    id integer NOT NULL,
    text character varying NOT NULL,
    intent character varying NOT NULL,
    taught_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.synonym_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.synonym_id_seq OWNED BY public.synonym.id;
CREATE TABLE public.team (
    translations json NOT NULL,
    id integer NOT NULL,
    code character varying NOT NULL,
    station_id integer NOT NULL,
    interest character varying NOT NULL,
    name character varying NOT NULL,
    about character varying NOT NULL,
    meets character varying NOT NULL,
    search character varying NOT NULL,
    members integer NOT NULL,
    state character varying NOT NULL,
    join_mode character varying NOT NULL,
    founder_id integer,
    reason character varying NOT NULL,
    enterprise_id integer,
    responsible character varying NOT NULL,
    expected_members integer,
    register_number character varying,
    session_first timestamp with time zone,
    session_minutes integer NOT NULL,
    session_place character varying NOT NULL,
    session_title character varying NOT NULL,
    session_due_at timestamp with time zone
);
CREATE TABLE public.team_bid (
    id integer NOT NULL,
    team_id integer NOT NULL,
    member_id integer NOT NULL,
    kind character varying NOT NULL,
    state character varying NOT NULL,
    by_member_id integer,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.team_bid_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_bid_id_seq OWNED BY public.team_bid.id;
CREATE SEQUENCE public.team_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_id_seq OWNED BY public.team.id;
CREATE TABLE public.tick (
    name character varying NOT NULL,
    slot integer NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.wish (
    id integer NOT NULL,
    member_id integer,
    station_id integer,
    text character varying NOT NULL,
    picture_id integer,
    with_name boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    answer character varying NOT NULL,
    answered_by integer,
    answered_at timestamp with time zone,
    helped boolean
);
CREATE SEQUENCE public.wish_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.wish_id_seq OWNED BY public.wish.id;
CREATE TABLE public.wrong_codes (
    member_id integer NOT NULL,
    since timestamp with time zone NOT NULL,
    times integer NOT NULL
);
ALTER TABLE ONLY public.address ALTER COLUMN id SET DEFAULT nextval('public.address_id_seq'::regclass);
ALTER TABLE ONLY public.alert_subscription ALTER COLUMN id SET DEFAULT nextval('public.alert_subscription_id_seq'::regclass);
ALTER TABLE ONLY public.announcement ALTER COLUMN id SET DEFAULT nextval('public.announcement_id_seq'::regclass);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.binding_request ALTER COLUMN id SET DEFAULT nextval('public.binding_request_id_seq'::regclass);
ALTER TABLE ONLY public.club_register ALTER COLUMN id SET DEFAULT nextval('public.club_register_id_seq'::regclass);
ALTER TABLE ONLY public.delivery ALTER COLUMN id SET DEFAULT nextval('public.delivery_id_seq'::regclass);
ALTER TABLE ONLY public.enterprise ALTER COLUMN id SET DEFAULT nextval('public.enterprise_id_seq'::regclass);
ALTER TABLE ONLY public.event ALTER COLUMN id SET DEFAULT nextval('public.event_id_seq'::regclass);
ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);
ALTER TABLE ONLY public.invite ALTER COLUMN id SET DEFAULT nextval('public.invite_id_seq'::regclass);
ALTER TABLE ONLY public.member ALTER COLUMN id SET DEFAULT nextval('public.member_id_seq'::regclass);
ALTER TABLE ONLY public.membership ALTER COLUMN id SET DEFAULT nextval('public.membership_id_seq'::regclass);
ALTER TABLE ONLY public.miss ALTER COLUMN id SET DEFAULT nextval('public.miss_id_seq'::regclass);
ALTER TABLE ONLY public.personal_code ALTER COLUMN id SET DEFAULT nextval('public.personal_code_id_seq'::regclass);
ALTER TABLE ONLY public.picture ALTER COLUMN id SET DEFAULT nextval('public.picture_id_seq'::regclass);
ALTER TABLE ONLY public.reminder ALTER COLUMN id SET DEFAULT nextval('public.reminder_id_seq'::regclass);
ALTER TABLE ONLY public.role_grant ALTER COLUMN id SET DEFAULT nextval('public.role_grant_id_seq'::regclass);
ALTER TABLE ONLY public.signup ALTER COLUMN id SET DEFAULT nextval('public.signup_id_seq'::regclass);
ALTER TABLE ONLY public.station ALTER COLUMN id SET DEFAULT nextval('public.station_id_seq'::regclass);
ALTER TABLE ONLY public.synonym ALTER COLUMN id SET DEFAULT nextval('public.synonym_id_seq'::regclass);
ALTER TABLE ONLY public.team ALTER COLUMN id SET DEFAULT nextval('public.team_id_seq'::regclass);
ALTER TABLE ONLY public.team_bid ALTER COLUMN id SET DEFAULT nextval('public.team_bid_id_seq'::regclass);
ALTER TABLE ONLY public.wish ALTER COLUMN id SET DEFAULT nextval('public.wish_id_seq'::regclass);
INSERT INTO public.address VALUES (1, 2, 'web.chat', 'mei', NULL, '', NULL, 0, false, '2026-12-01 02:00:00+00');
INSERT INTO public.address VALUES (2, 3, 'web.chat', 'ana', NULL, '', NULL, 0, false, '2026-12-01 02:00:00+00');
INSERT INTO public.address VALUES (3, 4, 'web.chat', 'li', NULL, '', NULL, 0, false, '2026-12-01 02:00:00+00');
INSERT INTO public.alembic_version VALUES ('0013');
INSERT INTO public.alert_subscription VALUES (1, 1, 'alert_subscription endpoint 1', 'alert_subscription p256dh 1', 'alert_subscription auth 1', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00');
INSERT INTO public.alert_subscription VALUES (2, 2, 'alert_subscription endpoint 2', 'alert_subscription p256dh 2', 'alert_subscription auth 2', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00');
INSERT INTO public.announcement VALUES ('{"kept":["一",1,null]}', 1, 1, 1, 1, '{"kept":["一",1,null]}', 'announcement text 1', 1, 'announcement link 1', NULL, '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '', 'draft', 1, 1, true, 1, 'announcement reason 1', 'announcement urgent 1', '{"kept":["一",1,null]}', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', 1, '');
INSERT INTO public.announcement VALUES ('{"kept":["一",2,null]}', 2, 2, NULL, 2, '{"kept":["一",2,null]}', 'announcement text 2', NULL, 'announcement link 2', NULL, '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', 'weekly', 'asked', 2, 2, false, 2, 'announcement reason 2', 'announcement urgent 2', '{"kept":["一",2,null]}', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', 2, 'right');
INSERT INTO public.audit VALUES (1, '2026-12-01 02:00:00+00', 2, 'publish_event', 'event 1', 1, '{}');
INSERT INTO public.binding_request VALUES (1, 1, 1, '2026-12-01 03:00:00+00');
INSERT INTO public.binding_request VALUES (2, 2, 2, '2026-12-01 04:00:00+00');
INSERT INTO public.club_register VALUES (1, 1, 1, 'club_register prefix 1', 1);
INSERT INTO public.club_register VALUES (2, 2, 2, 'club_register prefix 2', 2);
INSERT INTO public.daily_count VALUES (1, '2026-12-02', 1);
INSERT INTO public.daily_count VALUES (2, '2026-12-03', 2);
INSERT INTO public.delivery VALUES (1, 'delivery key 1', 'delivery account 1', 1, 1, 'delivery topic 1', '{"kept":["一",1,null]}', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', 'planned', '2026-12-01 03:00:00+00', 1, 'delivery reason 1', '{"kept":["一",1,null]}', 'delivery reference 1', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', 1, 1, 1, 1, true, '2026-12-01 03:00:00+00');
INSERT INTO public.delivery VALUES (2, 'delivery key 2', 'delivery account 2', 2, 2, 'delivery topic 2', '{"kept":["一",2,null]}', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', 'leased', '2026-12-01 04:00:00+00', 2, 'delivery reason 2', '{"kept":["一",2,null]}', 'delivery reference 2', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', 2, 2, 2, 2, false, '2026-12-01 04:00:00+00');
INSERT INTO public.enterprise VALUES ('{"name":{"en":"Mingdeng Lighting"}}', 1, 'mingdeng', '明灯照明');
INSERT INTO public.event VALUES ('{}', 2, 'lecture', 1, NULL, 'career', 'lecture', '大讲堂', '', '', '', '', '2026-12-26 11:00:00+00', '2026-12-26 13:00:00+00', '2026-12-26 11:00:00+00', NULL, 'open', '', 0, 0, 0, NULL, NULL, '大讲堂	da jiang tang
讲座	jiang zuo
lecture
talk', '', 0, NULL, NULL, NULL);
INSERT INTO public.event VALUES ('{"title":{"en":"A walk by the lake"}}', 1, 'walk', 2, 1, 'life', 'tour', '湖边散步', '', '', '', '', '2026-12-24 06:00:00+00', '2026-12-24 08:30:00+00', '2026-12-24 06:00:00+00', 1, 'open', '', 1, 2, 3, NULL, NULL, '湖边散步	hu bian san bu
A walk by the lake
象棋角	xiang qi jiao
Chess corner
桂城	gui cheng
Guicheng
体验游	ti yan you
tour
visit', '', 0, NULL, NULL, NULL);
INSERT INTO public.inbox VALUES (1, 'inbox account 1', 'inbox key 1', 1, '2026-12-01 03:00:00+00', '{"kept":["一",1,null]}');
INSERT INTO public.inbox VALUES (2, 'inbox account 2', 'inbox key 2', 2, '2026-12-01 04:00:00+00', '{"kept":["一",2,null]}');
INSERT INTO public.invite VALUES (1, 'invite code_hash 1', 'district', 1, 1, 1, '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00');
INSERT INTO public.invite VALUES (2, 'invite code_hash 2', 'town', 2, NULL, 2, '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00');
INSERT INTO public.key VALUES ('key name 1', 'key value 1');
INSERT INTO public.key VALUES ('key name 2', 'key value 2');
INSERT INTO public.member VALUES (1, 'zh', '老周', NULL, 3, 'night', '', '[1440,120]', '[]', '', '2026-12-01 02:00:00+00', '', false, '', 'lamp-works/老周');
INSERT INTO public.member VALUES (2, 'zh', '阿梅', '2026-12-01 02:00:00+00', NULL, NULL, '', '[1440,120]', '[]', '', '2026-12-01 02:00:00+00', '', false, '', '');
INSERT INTO public.member VALUES (3, 'en', 'Ana', '2026-12-01 02:00:00+00', NULL, NULL, '', '[1440,120]', '[]', '', '2026-12-01 02:00:00+00', '', false, '', '');
INSERT INTO public.member VALUES (4, 'zh', '小李', '2026-12-01 02:00:00+00', NULL, NULL, '', '[1440,120]', '[]', '', '2026-12-01 02:00:00+00', '', false, '', '');
INSERT INTO public.member_alias VALUES (1, 1, '2026-12-01 03:00:00+00');
INSERT INTO public.member_alias VALUES (2, 2, '2026-12-01 04:00:00+00');
INSERT INTO public.member_interest VALUES (1, 'chess');
INSERT INTO public.member_interest VALUES (1, 'music');
INSERT INTO public.membership VALUES (1, 2, 1, '2026-12-01 02:00:00+00');
INSERT INTO public.miss VALUES (1, '有没有免费的理发', 'zh', 1, '2026-12-01 02:00:00+00', 2);
INSERT INTO public.personal_code VALUES (1, 'personal_code code_hash 1', 'link', 1, 1, 1, 1, '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00');
INSERT INTO public.personal_code VALUES (2, 'personal_code code_hash 2', 'return', 2, 2, 2, 2, '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00');
INSERT INTO public.picture VALUES (1, 'ffdb519b788f33bddc8647611c3a24cc', 'image/png', '\x89504e4700ff', 2, '2026-12-01 02:00:00+00');
INSERT INTO public.platform_account VALUES ('platform_account account 1', 'platform_account platform 1', true, true, true);
INSERT INTO public.platform_account VALUES ('platform_account account 2', 'platform_account platform 2', false, false, false);
INSERT INTO public.reminder VALUES (1, 1, 2, 1, 1440, '2026-12-23 06:00:00+00');
INSERT INTO public.reminder VALUES (2, 1, 2, 1, 120, '2026-12-24 04:00:00+00');
INSERT INTO public.role_grant VALUES (1, 1, 'district', 1, 1, '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00');
INSERT INTO public.role_grant VALUES (2, 2, 'town', 2, NULL, '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00');
INSERT INTO public.signup VALUES (1, 1, 2, 'seated', 1, NULL, NULL, '2026-12-01 02:00:00+00', NULL);
INSERT INTO public.signup VALUES (2, 1, 3, 'waiting', 2, NULL, NULL, '2026-12-01 02:01:00+00', NULL);
INSERT INTO public.signup VALUES (3, 1, 4, 'waiting', 3, NULL, NULL, '2026-12-01 02:02:00+00', NULL);
INSERT INTO public.speaker VALUES ('speaker name 1', 'speaker holder 1', '2026-12-01 03:00:00+00', '2026-12-01 03:00:00+00', 'speaker trouble 1');
INSERT INTO public.speaker VALUES ('speaker name 2', 'speaker holder 2', '2026-12-01 04:00:00+00', '2026-12-01 04:00:00+00', 'speaker trouble 2');
INSERT INTO public.station VALUES ('{"name":{"en":"Nanhai"}}', 1, 'nanhai', 'district', NULL, NULL, '/1/', '南海区', '', '', '南海区	nan hai qu
Nanhai');
INSERT INTO public.station VALUES ('{"name":{"en":"Guicheng"}}', 2, 'guicheng', 'town', 1, NULL, '/1/2/', '桂城', '', '', '桂城	gui cheng
Guicheng');
INSERT INTO public.station VALUES ('{}', 3, 'lamp-works', 'contact_point', 2, 1, '/1/2/3/', '灯具厂', '', '', '灯具厂	deng ju chang
明灯照明	ming deng zhao ming
Mingdeng Lighting
桂城	gui cheng
Guicheng');
INSERT INTO public.subscription_grant VALUES (1, 'subscription_grant template 1', 1);
INSERT INTO public.subscription_grant VALUES (2, 'subscription_grant template 2', 2);
INSERT INTO public.synonym VALUES (1, 'synonym text 1', 'events', '2026-12-01 03:00:00+00');
INSERT INTO public.synonym VALUES (2, 'synonym text 2', 'teams', '2026-12-01 04:00:00+00');
INSERT INTO public.team VALUES ('{"name":{"en":"Chess corner"}}', 1, 'chess', 2, 'chess', '象棋角', '', '', '象棋角	xiang qi jiao
Chess corner
桂城	gui cheng
Guicheng
棋牌	qi pai
chess', 1, 'active', 'open', NULL, '', NULL, '', NULL, NULL, NULL, 0, '', '', NULL);
INSERT INTO public.team_bid VALUES (1, 1, 1, 'support', 'open', 1, '2026-12-01 03:00:00+00');
INSERT INTO public.team_bid VALUES (2, 1, 2, 'join', 'accepted', 2, '2026-12-01 04:00:00+00');
INSERT INTO public.tick VALUES ('tick name 1', 1, '2026-12-01 03:00:00+00');
INSERT INTO public.tick VALUES ('tick name 2', 2, '2026-12-01 04:00:00+00');
INSERT INTO public.wish VALUES (1, 2, 1, '第一行，''quoted''
and a second line', NULL, true, '2026-12-01 02:00:00+00', '', NULL, NULL, NULL);
INSERT INTO public.wrong_codes VALUES (1, '2026-12-01 03:00:00+00', 1);
INSERT INTO public.wrong_codes VALUES (2, '2026-12-01 04:00:00+00', 2);
SELECT pg_catalog.setval('public.address_id_seq', 3, true);
SELECT pg_catalog.setval('public.alert_subscription_id_seq', 2, true);
SELECT pg_catalog.setval('public.announcement_id_seq', 2, true);
SELECT pg_catalog.setval('public.audit_id_seq', 1, true);
SELECT pg_catalog.setval('public.binding_request_id_seq', 2, true);
SELECT pg_catalog.setval('public.club_register_id_seq', 2, true);
SELECT pg_catalog.setval('public.delivery_id_seq', 2, true);
SELECT pg_catalog.setval('public.enterprise_id_seq', 1, true);
SELECT pg_catalog.setval('public.event_id_seq', 2, true);
SELECT pg_catalog.setval('public.inbox_id_seq', 2, true);
SELECT pg_catalog.setval('public.invite_id_seq', 2, true);
SELECT pg_catalog.setval('public.member_id_seq', 4, true);
SELECT pg_catalog.setval('public.membership_id_seq', 1, true);
SELECT pg_catalog.setval('public.miss_id_seq', 1, true);
SELECT pg_catalog.setval('public.personal_code_id_seq', 2, true);
SELECT pg_catalog.setval('public.picture_id_seq', 1, true);
SELECT pg_catalog.setval('public.reminder_id_seq', 2, true);
SELECT pg_catalog.setval('public.role_grant_id_seq', 2, true);
SELECT pg_catalog.setval('public.signup_id_seq', 3, true);
SELECT pg_catalog.setval('public.station_id_seq', 3, true);
SELECT pg_catalog.setval('public.synonym_id_seq', 2, true);
SELECT pg_catalog.setval('public.team_bid_id_seq', 2, true);
SELECT pg_catalog.setval('public.team_id_seq', 1, true);
SELECT pg_catalog.setval('public.wish_id_seq', 1, true);
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_account_external_key UNIQUE (account, external);
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.alert_subscription
    ADD CONSTRAINT alert_subscription_endpoint_key UNIQUE (endpoint);
ALTER TABLE ONLY public.alert_subscription
    ADD CONSTRAINT alert_subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.binding_request
    ADD CONSTRAINT binding_request_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.club_register
    ADD CONSTRAINT club_register_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.club_register
    ADD CONSTRAINT club_register_prefix_year_key UNIQUE (prefix, year);
ALTER TABLE ONLY public.club_register
    ADD CONSTRAINT club_register_station_id_year_key UNIQUE (station_id, year);
ALTER TABLE ONLY public.daily_count
    ADD CONSTRAINT daily_count_pkey PRIMARY KEY (member_id);
ALTER TABLE ONLY public.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.enterprise
    ADD CONSTRAINT enterprise_code_key UNIQUE (code);
ALTER TABLE ONLY public.enterprise
    ADD CONSTRAINT enterprise_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_code_key UNIQUE (code);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_account_key_key UNIQUE (account, key);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.key
    ADD CONSTRAINT key_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.member_alias
    ADD CONSTRAINT member_alias_pkey PRIMARY KEY (old_id);
ALTER TABLE ONLY public.member_interest
    ADD CONSTRAINT member_interest_pkey PRIMARY KEY (member_id, interest);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_member_id_team_id_key UNIQUE (member_id, team_id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.miss
    ADD CONSTRAINT miss_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.miss
    ADD CONSTRAINT miss_text_language_key UNIQUE (text, language);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.picture
    ADD CONSTRAINT picture_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.platform_account
    ADD CONSTRAINT platform_account_pkey PRIMARY KEY (account);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_signup_id_lead_key UNIQUE (signup_id, lead);
ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.signup
    ADD CONSTRAINT signup_event_id_member_id_key UNIQUE (event_id, member_id);
ALTER TABLE ONLY public.signup
    ADD CONSTRAINT signup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.speaker
    ADD CONSTRAINT speaker_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_code_key UNIQUE (code);
ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_pkey PRIMARY KEY (address_id, template);
ALTER TABLE ONLY public.synonym
    ADD CONSTRAINT synonym_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.synonym
    ADD CONSTRAINT synonym_text_key UNIQUE (text);
ALTER TABLE ONLY public.team_bid
    ADD CONSTRAINT team_bid_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.team_bid
    ADD CONSTRAINT team_bid_team_id_member_id_kind_key UNIQUE (team_id, member_id, kind);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_code_key UNIQUE (code);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_register_number_key UNIQUE (register_number);
ALTER TABLE ONLY public.tick
    ADD CONSTRAINT tick_pkey PRIMARY KEY (name, slot);
ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.wrong_codes
    ADD CONSTRAINT wrong_codes_pkey PRIMARY KEY (member_id);
CREATE INDEX address_member_id_idx ON public.address USING btree (member_id);
CREATE INDEX alert_subscription_address_id_idx ON public.alert_subscription USING btree (address_id);
CREATE INDEX announcement_by_member_id_idx ON public.announcement USING btree (by_member_id);
CREATE INDEX announcement_due_at_idx ON public.announcement USING btree (due_at);
CREATE INDEX announcement_state_idx ON public.announcement USING btree (state);
CREATE INDEX announcement_station_id_idx ON public.announcement USING btree (station_id);
CREATE INDEX audit_at_idx ON public.audit USING btree (at);
CREATE INDEX audit_member_id_idx ON public.audit USING btree (member_id);
CREATE INDEX audit_station_id_idx ON public.audit USING btree (station_id);
CREATE INDEX audit_subject_idx ON public.audit USING btree (subject);
CREATE INDEX binding_request_at_idx ON public.binding_request USING btree (at);
CREATE INDEX binding_request_member_id_idx ON public.binding_request USING btree (member_id);
CREATE INDEX binding_request_row_member_id_idx ON public.binding_request USING btree (row_member_id);
CREATE INDEX delivery_about ON public.delivery USING btree (about_member_id) WHERE (about_member_id IS NOT NULL);
CREATE INDEX delivery_announcement ON public.delivery USING btree (announcement_id, state, run, reason, settled_at) WHERE (announcement_id IS NOT NULL);
CREATE INDEX delivery_arrived ON public.delivery USING btree (announcement_id, run) WHERE (delivered_at IS NOT NULL);
CREATE INDEX delivery_due ON public.delivery USING btree (account, priority, due_at) WHERE ((state)::text = 'planned'::text);
CREATE INDEX delivery_expiry ON public.delivery USING btree (expires_at) WHERE ((state)::text = ANY ((ARRAY['planned'::character varying, 'waiting'::character varying])::text[]));
CREATE UNIQUE INDEX delivery_key ON public.delivery USING btree (key) WHERE (key IS NOT NULL);
CREATE INDEX delivery_leased ON public.delivery USING btree (leased_until) WHERE ((state)::text = 'leased'::text);
CREATE INDEX delivery_missed ON public.delivery USING btree (member_id, considered_at) WHERE ((state)::text = ANY ((ARRAY['waiting'::character varying, 'unreachable'::character varying, 'refused'::character varying, 'in_doubt'::character varying])::text[]));
CREATE INDEX delivery_notice ON public.delivery USING btree (member_id) WHERE (announcement_id IS NULL);
CREATE UNIQUE INDEX delivery_once ON public.delivery USING btree (announcement_id, member_id, run) WHERE (announcement_id IS NOT NULL);
CREATE INDEX delivery_opened ON public.delivery USING btree (announcement_id, run) WHERE (read_at IS NOT NULL);
CREATE INDEX delivery_said ON public.delivery USING btree (address_id, settled_at) WHERE ((state)::text = 'sent'::text);
CREATE INDEX event_by_member_id_idx ON public.event USING btree (by_member_id);
CREATE INDEX event_ends_at_idx ON public.event USING btree (ends_at);
CREATE INDEX event_starts_at_idx ON public.event USING btree (starts_at);
CREATE INDEX event_station_id_idx ON public.event USING btree (station_id);
CREATE INDEX event_team_id_idx ON public.event USING btree (team_id);
CREATE INDEX inbox_address_id_idx ON public.inbox USING btree (address_id);
CREATE INDEX inbox_at_idx ON public.inbox USING btree (at);
CREATE INDEX member_alias_member_id_idx ON public.member_alias USING btree (member_id);
CREATE INDEX member_calendar_key_idx ON public.member USING btree (calendar_key);
CREATE INDEX member_loaded_as ON public.member USING btree (loaded_as) WHERE ((loaded_as)::text <> ''::text);
CREATE INDEX member_staff_number ON public.member USING btree (staff_number) WHERE ((staff_number)::text <> ''::text);
CREATE INDEX member_station_id_idx ON public.member USING btree (station_id);
CREATE INDEX membership_team_id_idx ON public.membership USING btree (team_id);
CREATE INDEX miss_by_member_id_idx ON public.miss USING btree (by_member_id);
CREATE INDEX miss_count_idx ON public.miss USING btree (count);
CREATE INDEX miss_last_at_idx ON public.miss USING btree (last_at);
CREATE INDEX personal_code_address_id_idx ON public.personal_code USING btree (address_id);
CREATE INDEX personal_code_member_id_idx ON public.personal_code USING btree (member_id);
CREATE INDEX personal_code_other_address_id_idx ON public.personal_code USING btree (other_address_id);
CREATE INDEX personal_code_other_member_id_idx ON public.personal_code USING btree (other_member_id);
CREATE INDEX picture_by_idx ON public.picture USING btree (by);
CREATE INDEX picture_hash_idx ON public.picture USING btree (hash);
CREATE INDEX reminder_due_at_idx ON public.reminder USING btree (due_at);
CREATE INDEX reminder_event_id_idx ON public.reminder USING btree (event_id);
CREATE INDEX reminder_member_id_idx ON public.reminder USING btree (member_id);
CREATE INDEX role_grant_member_id_idx ON public.role_grant USING btree (member_id);
CREATE INDEX role_grant_station_id_idx ON public.role_grant USING btree (station_id);
CREATE INDEX role_grant_team_id_idx ON public.role_grant USING btree (team_id);
CREATE INDEX signup_member_id_idx ON public.signup USING btree (member_id);
CREATE INDEX signup_offered_until_idx ON public.signup USING btree (offered_until);
CREATE INDEX signup_queue ON public.signup USING btree (event_id, state, turn);
CREATE INDEX speaker_halted ON public.speaker USING btree (halted_until);
CREATE INDEX station_parent_id_idx ON public.station USING btree (parent_id);
CREATE INDEX station_path_idx ON public.station USING btree (path);
CREATE INDEX team_bid_member_id_idx ON public.team_bid USING btree (member_id);
CREATE INDEX team_founder_id_idx ON public.team USING btree (founder_id);
CREATE INDEX team_session_due_at_idx ON public.team USING btree (session_due_at);
CREATE INDEX team_station_id_idx ON public.team USING btree (station_id);
CREATE INDEX wish_member_id_idx ON public.wish USING btree (member_id);
CREATE INDEX wish_station_id_idx ON public.wish USING btree (station_id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.audit_is_written_once();
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.audit_is_written_once();
ALTER TABLE ONLY public.address
    ADD CONSTRAINT address_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.alert_subscription
    ADD CONSTRAINT alert_subscription_address_id_fkey FOREIGN KEY (address_id) REFERENCES public.address(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES public.member(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_by_member_id_fkey FOREIGN KEY (by_member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_corrects_id_fkey FOREIGN KEY (corrects_id) REFERENCES public.announcement(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_picture_id_fkey FOREIGN KEY (picture_id) REFERENCES public.picture(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_released_by_fkey FOREIGN KEY (released_by) REFERENCES public.member(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.announcement
    ADD CONSTRAINT announcement_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.binding_request
    ADD CONSTRAINT binding_request_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.binding_request
    ADD CONSTRAINT binding_request_row_member_id_fkey FOREIGN KEY (row_member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.club_register
    ADD CONSTRAINT club_register_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_by_member_id_fkey FOREIGN KEY (by_member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_picture_id_fkey FOREIGN KEY (picture_id) REFERENCES public.picture(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_address_id_fkey FOREIGN KEY (address_id) REFERENCES public.address(id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.invite
    ADD CONSTRAINT invite_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.member_alias
    ADD CONSTRAINT member_alias_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.member_interest
    ADD CONSTRAINT member_interest_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.member
    ADD CONSTRAINT member_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.membership
    ADD CONSTRAINT membership_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.miss
    ADD CONSTRAINT miss_by_member_id_fkey FOREIGN KEY (by_member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_address_id_fkey FOREIGN KEY (address_id) REFERENCES public.address(id);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_other_address_id_fkey FOREIGN KEY (other_address_id) REFERENCES public.address(id);
ALTER TABLE ONLY public.personal_code
    ADD CONSTRAINT personal_code_other_member_id_fkey FOREIGN KEY (other_member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.picture
    ADD CONSTRAINT picture_by_fkey FOREIGN KEY (by) REFERENCES public.member(id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.reminder
    ADD CONSTRAINT reminder_signup_id_fkey FOREIGN KEY (signup_id) REFERENCES public.signup(id);
ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.role_grant
    ADD CONSTRAINT role_grant_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.signup
    ADD CONSTRAINT signup_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.event(id);
ALTER TABLE ONLY public.signup
    ADD CONSTRAINT signup_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_enterprise_id_fkey FOREIGN KEY (enterprise_id) REFERENCES public.enterprise(id);
ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.subscription_grant
    ADD CONSTRAINT subscription_grant_address_id_fkey FOREIGN KEY (address_id) REFERENCES public.address(id);
ALTER TABLE ONLY public.team_bid
    ADD CONSTRAINT team_bid_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.team_bid
    ADD CONSTRAINT team_bid_team_id_fkey FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_enterprise_id_fkey FOREIGN KEY (enterprise_id) REFERENCES public.enterprise(id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_founder_id_fkey FOREIGN KEY (founder_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT team_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_picture_id_fkey FOREIGN KEY (picture_id) REFERENCES public.picture(id);
ALTER TABLE ONLY public.wish
    ADD CONSTRAINT wish_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id);
ALTER TABLE ONLY public.wrong_codes
    ADD CONSTRAINT wrong_codes_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.member(id);
