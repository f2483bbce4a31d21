; Links that start with parley:// open the app. The keys lie where a user may write, as the
; installation itself does.
!macro customInstall
  WriteRegStr SHCTX "Software\Classes\parley" "" "URL:Parley"
  WriteRegStr SHCTX "Software\Classes\parley" "URL Protocol" ""
  WriteRegStr SHCTX "Software\Classes\parley\DefaultIcon" "" "$INSTDIR\${APP_EXECUTABLE_FILENAME},0"
  WriteRegStr SHCTX "Software\Classes\parley\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  ; An update removes the old version first and must not take the links away.
  ${ifNot} ${isUpdated}
    DeleteRegKey SHCTX "Software\Classes\parley"
  ${endIf}
!macroend
